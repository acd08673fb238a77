/** Many strings kept small: their bytes outside of the garbage-collected heap, made into strings when they are asked for. */

/** Strings by number, in the order they were added. */
export interface StringTable {
  readonly size: number;
  /** undefined beyond the last string and for anything that is no index */
  at(index: number): string | undefined;
}

export interface StringTableBuilder extends StringTable {
  add(text: string): void;
}

const BLOCK_BYTES = 1_048_576;
/** No character of a JS string takes more bytes in UTF-8. */
const BYTES_PER_CHARACTER = 3;
/** A power of two. Words that come back in every row ("FR", a city) are made once. */
const REMEMBERED = 16_384;

/**
 * Half a million strings in an array cost time and memory twice: each survives the young generation, which grows by
 * that, and most are needed in one row only. Strings are at most `BLOCK_BYTES / 3` characters.
 */
export function createStringTable(): StringTableBuilder {
  const blocks: Buffer[] = [];
  let used = BLOCK_BYTES;
  /** where each string begins, counted over all blocks, and its size in bytes; growing */
  let starts = new Float64Array(1_024);
  let sizes = new Uint32Array(1_024);
  let size = 0;
  const rememberedIndex = new Int32Array(REMEMBERED).fill(-1);
  const rememberedText: string[] = new Array(REMEMBERED).fill('');

  return {
    get size() {
      return size;
    },
    add(text) {
      if (used + text.length * BYTES_PER_CHARACTER > BLOCK_BYTES) {
        blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
        used = 0;
      }
      if (size === starts.length) {
        starts = grown(starts, new Float64Array(size * 2));
        sizes = grown(sizes, new Uint32Array(size * 2));
      }
      const block = blocks.at(-1)!;
      starts[size] = (blocks.length - 1) * BLOCK_BYTES + used;
      sizes[size] = block.write(text, used);
      used += sizes[size]!;
      size += 1;
    },
    at(index) {
      if (!(index >= 0 && index < size)) return undefined;
      const slot = index & (REMEMBERED - 1);
      if (rememberedIndex[slot] === index) return rememberedText[slot];
      const start = starts[index];
      if (start === undefined) return undefined;
      const from = start % BLOCK_BYTES;
      const text = blocks[Math.floor(start / BLOCK_BYTES)]!.toString('utf8', from, from + sizes[index]!);
      rememberedIndex[slot] = index;
      rememberedText[slot] = text;
      return text;
    },
  };
}

function grown<Numbers extends Float64Array | Uint32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
