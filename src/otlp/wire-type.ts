/** How a value is encoded on the wire: the lower three bits of a tag (https://protobuf.dev/programming-guides/encoding). */
export const WireType = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const
