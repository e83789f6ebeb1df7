import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { toJson } from './json-values.ts'

async function evaluate(expression: string): Promise<unknown> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(`SELECT ${expression}`)
  return toJson(reader.value(0, 0), reader.columnType(0))
}

it.each<[string, unknown]>([
  ['NULL', null],
  ['true', true],
  ['42::TINYINT', 42],
  ['4294967295::UINTEGER', 4_294_967_295],
  ['9007199254740991::BIGINT', 9_007_199_254_740_991],
  ['-9007199254740991::BIGINT', -9_007_199_254_740_991],
  ['9007199254740992::BIGINT', '9007199254740992'],
  ["'-9223372036854775808'::BIGINT", '-9223372036854775808'],
  ['18446744073709551615::UBIGINT', '18446744073709551615'],
  ['1::HUGEINT', '1'],
  ["'170141183460469231731687303715884105727'::HUGEINT", '170141183460469231731687303715884105727'],
  ['1.50::DECIMAL(5,2)', '1.50'],
  ["'-99999999999999999999999999999999999999'::DECIMAL(38,0)", '-99999999999999999999999999999999999999'],
  ['0.1::DOUBLE', 0.1],
  ["'nan'::DOUBLE", 'NaN'],
  ["'-inf'::DOUBLE", '-Infinity'],
  ["'inf'::FLOAT", 'Infinity'],
  ["'ü€😀'", 'ü€😀'],
  ["DATE '2024-02-29'", '2024-02-29'],
  ["TIMESTAMP '2024-02-29 12:30:00'", '2024-02-29T12:30:00'],
  ["TIMESTAMP '2024-02-29 12:30:00.123456'", '2024-02-29T12:30:00.123456'],
  ["TIMESTAMP '0001-01-01'", '0001-01-01T00:00:00'],
  ["TIMESTAMP_NS '2024-02-29 12:30:00.123456789'", '2024-02-29T12:30:00.123456789'],
  ["TIMESTAMP_S '2024-02-29 12:30:00'", '2024-02-29T12:30:00'],
  ["TIMESTAMPTZ '2024-02-29 12:30:00+02'", '2024-02-29T10:30:00Z'],
  ["'infinity'::TIMESTAMPTZ", 'infinity'],
  ["TIME '10:00:00'", '10:00:00'],
  ["'\\x00\\xFF'::BLOB", 'AP8='],
  ['\'{"a": 1.10}\'::JSON', '{"a": 1.10}'],
  ['INTERVAL 1 DAY', '1 day'],
  ['[1, NULL, 9007199254740993]::BIGINT[]', [1, null, '9007199254740993']],
  ['[1.5, 2]::DECIMAL(3,1)[2]', ['1.5', '2.0']],
  ["{'a': 1, 'b': {'c': [DATE '2024-01-01']}}", { a: 1, b: { c: ['2024-01-01'] } }],
  ["MAP {'k': 1::HUGEINT}", [{ key: 'k', value: '1' }]],
  ['union_value(n := 1)', { tag: 'n', value: 1 }],
  ["'b'::ENUM('a', 'b')", 'b'],
])('%s', async (expression, json) => expect(await evaluate(expression)).toEqual(json))
