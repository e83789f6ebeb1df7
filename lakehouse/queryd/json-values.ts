/** DuckDB values as JSON that loses nothing: what a JSON number cannot hold exactly becomes a string. */
import {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUnionType,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** See README.md, "Values", for what each type becomes. */
export function toJson(value: DuckDBValue, type: DuckDBType): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return integerToJson(value, type)
  if (value instanceof DuckDBDateValue) return value.toString()
  if (isTimestamp(value)) return value.toString().replace(' ', 'T')
  if (value instanceof DuckDBTimestampTZValue) return utcToJson(value)
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64')
  return nestedToJson(value, type) ?? value.toString()
}

function integerToJson(value: bigint, type: DuckDBType): Json {
  const is64Bit = type.typeId === DuckDBTypeId.BIGINT || type.typeId === DuckDBTypeId.UBIGINT
  const exact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
  return is64Bit && exact ? Number(value) : value.toString()
}

const isTimestamp = (value: DuckDBValue): value is DuckDBTimestampValue =>
  value instanceof DuckDBTimestampValue ||
  value instanceof DuckDBTimestampSecondsValue ||
  value instanceof DuckDBTimestampMillisecondsValue ||
  value instanceof DuckDBTimestampNanosecondsValue

/** A point in time, written in UTC whatever the zone of this machine. */
function utcToJson(value: DuckDBTimestampTZValue): string {
  const text = new DuckDBTimestampValue(value.micros).toString()
  return value.isFinite ? `${text.replace(' ', 'T')}Z` : text
}

function nestedToJson(value: Exclude<DuckDBValue, null>, type: DuckDBType): Json | undefined {
  const isList = value instanceof DuckDBListValue && type instanceof DuckDBListType
  const isArray = value instanceof DuckDBArrayValue && type instanceof DuckDBArrayType
  if (isList || isArray) return value.items.map((item) => toJson(item, type.valueType))
  if (value instanceof DuckDBStructValue && type instanceof DuckDBStructType) {
    const entries = type.entryNames.map((name, index): [string, Json] => {
      const entryType = type.entryTypes[index]
      return [name, entryType === undefined ? null : toJson(value.entries[name] ?? null, entryType)]
    })
    return Object.fromEntries(entries)
  }
  if (value instanceof DuckDBMapValue && type instanceof DuckDBMapType) {
    return value.entries.map(({ key, value: held }) => ({
      key: toJson(key, type.keyType),
      value: toJson(held, type.valueType),
    }))
  }
  if (value instanceof DuckDBUnionValue && type instanceof DuckDBUnionType) {
    return { tag: value.tag, value: toJson(value.value, type.memberTypeForTag(value.tag)) }
  }
  return undefined
}
