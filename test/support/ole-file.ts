/** Files as Office wrote them before 2007 (OLE2), no larger than their directory. */

/** Bytes of such a file with one stream of that name, as `Workbook` has an .xls. */
export function oleFile(stream: string): Buffer {
  const bytes = Buffer.alloc(1024 * 4);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(bytes);
  bytes.writeUInt16LE(0x3e, 24);
  bytes.writeUInt16LE(3, 26);
  bytes.writeUInt16LE(0xfffe, 28);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt16LE(6, 32);
  bytes.writeUInt32LE(1, 44);
  bytes.writeUInt32LE(1, 48);
  bytes.writeUInt32LE(4096, 56);
  bytes.fill(0xff, 60, 64);
  bytes.fill(0xff, 76, 512);
  bytes.writeUInt32LE(0, 76);
  bytes.fill(0xff, 512, 1024);
  bytes.writeUInt32LE(0xfffffffd, 512);
  bytes.writeUInt32LE(0xfffffffe, 516);
  for (const [index, name] of ['Root Entry', stream].entries()) {
    const at = 1024 + 128 * index;
    bytes.write(name, at, 'utf16le');
    bytes.writeUInt16LE(2 * (name.length + 1), at + 64);
    bytes.writeUInt8(index === 0 ? 5 : 2, at + 66);
  }
  return bytes;
}
