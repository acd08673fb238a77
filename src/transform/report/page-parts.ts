/** The parts that the report's page is built of: sections, tables, keys to colours. */

export function key(tones: readonly (readonly [tone: string, word: string])[]): string {
  const items = tones.map(
    ([tone, word]) =>
      `<li><svg viewBox="0 0 10 10"><rect width="10" height="10" rx="2" class="${tone}"/></svg>${word}</li>`,
  );
  return `<ul class="key" aria-hidden="true">${items.join('')}</ul>`;
}

export function section(id: string, title: string, body: string): string {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${body}</section>`;
}

export function nothing(sentence: string): string {
  return `<p class="soft">${sentence}</p>`;
}

/** Cells are HTML. On a phone each row is a card with its labels, so roles are said: a styled table would lose them. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  total: readonly string[] | null = null,
): string {
  const line = (cells: readonly string[], className: string): string =>
    `<tr role="row"${className}>${cells
      .map((cell, index) =>
        index === 0
          ? `<th role="rowheader" scope="row">${cell}</th>`
          : `<td role="cell" data-label="${head[index] ?? ''}"${cell === '' ? ' class="blank"' : ''}>${cell}</td>`,
      )
      .join('')}</tr>`;
  return `<table role="table"><thead role="rowgroup"><tr role="row">${head
    .map((title) => `<th role="columnheader" scope="col">${title}</th>`)
    .join('')}</tr></thead><tbody role="rowgroup">${rows.map((cells) => line(cells, '')).join('\n')}${
    total === null ? '' : line(total, ' class="total"')
  }</tbody></table>`;
}
