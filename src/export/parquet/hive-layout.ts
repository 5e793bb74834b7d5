// Where a file of observations lies below its folder: the layout of Hive, which Spark, Trino, ClickHouse, Athena and DuckDB read as it is.

/** What those engines take for null. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__';

export interface FilePlace {
  cluster: string;
  /** `2026-11-22`, of the capture's first packet in UTC; null without a time. */
  date: string | null;
  node: string | null;
  sha256: string;
}

/** Digits of the hash that name a file; more where another capture has the same ones. */
export const SHORT_SHA = 8;

/** `cluster=X/date=2026-11-22/node=N/capture-<sha8>.parquet` */
export function placeOfFile({ cluster, date, node, sha256 }: FilePlace, digits = SHORT_SHA): string {
  const folders = [`cluster=${escaped(cluster)}`, `date=${date ?? NO_VALUE}`, `node=${escaped(node)}`];
  return [...folders, `capture-${sha256.slice(0, digits)}.parquet`].join('/');
}

/** Below the folder, all files of observations. */
export const ALL_FILES = 'cluster=*/date=*/node=*/capture-*.parquet';

/** Bytes other than letters, digits, `_`, `.` and `-` as `%2F`; a name that begins with a dot would be hidden. */
function escaped(value: string | null): string {
  if (value === null || value === '') return NO_VALUE;
  const text = encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, '\ufffd')).replaceAll(
    /[!'()*~]/g,
    (one) => `%${hex(one)}`,
  );
  return text.replace(/^\./, '%2E');
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase();
}
