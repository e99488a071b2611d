import { describe, expect, it } from 'vitest'
import { parseFacts } from '../../src/verify/python-facts.js'

const SOURCE = `"""Doc."""
from __future__ import annotations
import a.b as c, d, e.f
from .x import (
    y as z,  # noqa: F401
    w,
)
from .. import q
REQUESTS = Counter("requests_total", "All.", ["route", "code"], registry=registry)  # all
LATENCY: Histogram = metrics.Histogram(name="latency_seconds", documentation="d", labelnames=("route",))
if True:
    LATE = {"import os": 1}
first, second = 1, 2
@pytest.fixture(scope="session")
def store(tmp_path, *, size: int = DEFAULT, **rest) -> int:
    import inner
    hidden = 1
    return contract.features["tenure"] + load_contract().slo("late" "ncy")
class Model(Base):
    field = 1
"""
import not_this
"""
`

describe('parseFacts', async () => {
  const facts = await parseFacts(SOURCE)

  it('reads imports in every form, and none from strings', () => {
    expect(facts.imports.map(({ module, level, names, line }) => [module, level, names.join(), line])).toEqual([
      ['__future__', 0, 'annotations', 2],
      ['a.b', 0, '', 3],
      ['d', 0, '', 3],
      ['e.f', 0, '', 3],
      ['x', 1, 'y,w', 4],
      ['', 2, 'q', 8],
      ['inner', 0, '', 16],
    ])
  })

  it('reads literal arguments, lists of them, and leaves computed ones open', () => {
    const [requests, latency] = facts.calls
    expect(requests).toMatchObject({
      callee: 'Counter',
      positional: ['requests_total', 'All.', ['route', 'code']],
      line: 9,
    })
    expect([...(requests?.keywords ?? [])]).toEqual([['registry', undefined]])
    expect(latency).toMatchObject({ callee: 'metrics.Histogram', line: 10 })
    expect(latency?.keywords.get('labelnames')).toEqual(['route'])
  })

  it('reads subscripts and joined strings', () => {
    expect(facts.subscripts).toEqual([{ object: 'contract.features', key: 'tenure', line: 18 }])
    expect(facts.calls.find((call) => call.callee === 'load_contract().slo')?.positional).toEqual(['latency'])
  })

  it('reads functions with parameters and decorators', () => {
    expect(facts.functions).toEqual([
      {
        name: 'store',
        parameters: ['tmp_path', 'size', 'rest'],
        decorators: ['pytest.fixture(scope="session")'],
        line: 15,
      },
    ])
  })

  it('knows the names that the module gives', () => {
    expect([...facts.names].sort()).toEqual([
      'LATE',
      'LATENCY',
      'Model',
      'REQUESTS',
      'annotations',
      'c',
      'd',
      'e',
      'first',
      'q',
      'second',
      'store',
      'w',
      'z',
    ])
  })
})
