import * as v from 'valibot'

/** Settings of the translation. */
export const translateSchema = v.strictObject({
  indexedAttributes: v.pipe(
    v.optional(v.array(v.string('an attribute name')), () => []),
    v.description(
      'Attributes to convert to annotations, which X-Ray can search; those of the resource as `otel.resource.NAME`.',
    ),
  ),
  indexAllAttributes: v.pipe(
    v.optional(v.boolean(), false),
    v.description('Convert every attribute to an annotation, up to 50 per segment.'),
  ),
  logGroups: v.pipe(
    v.optional(v.array(v.string('a log group name')), () => []),
    v.description('CloudWatch Logs groups for spans whose resource names none.'),
  ),
})
