/**
 * The domain of AWS's endpoints in the partition of a region, from the AWS SDK's own table, which is loaded when it is
 * first needed. A region that no partition knows is taken for one of the partition `aws`.
 *
 * @param kind `dualStack` for endpoints that have IPv6 too
 * @returns such as `amazonaws.com` or `api.aws`
 */
export async function dnsSuffix(region: string, kind: 'plain' | 'dualStack' = 'plain'): Promise<string> {
  const { partition } = await import('@aws-sdk/core/client')
  const { dnsSuffix, dualStackDnsSuffix } = partition(region)
  return kind === 'plain' ? dnsSuffix : dualStackDnsSuffix
}
