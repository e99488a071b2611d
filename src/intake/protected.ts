// Attributes that law protects against discrimination, with the words for them and the column that holds each.
import type { Column } from '../spec/schema.js'

export interface ProtectedAttribute {
  readonly column: Column
  readonly words: readonly string[]
}

const category = (name: string, description: string, values: string[]): Column => ({
  name,
  type: 'category',
  role: 'protected',
  description,
  values,
  nullable: true,
})

export const PROTECTED: readonly ProtectedAttribute[] = [
  {
    column: {
      name: 'age',
      type: 'integer',
      role: 'protected',
      description: 'age in years',
      unit: 'years',
      minimum: 16,
      maximum: 100,
      typical: 42,
      nullable: false,
    },
    words: ['age', 'alter', 'edad', 'age group'],
  },
  {
    column: category('sex', 'sex or gender as recorded', ['female', 'male', 'not_stated']),
    words: ['sex', 'gender', 'geschlecht', 'women and men', 'men and women', 'sexo', 'genero', 'genre'],
  },
  {
    column: category('ethnicity', 'ethnic group as stated by the person', [
      'group_a',
      'group_b',
      'group_c',
      'not_stated',
    ]),
    words: ['ethnicity', 'race', 'ethnic', 'ethnic origin', 'colour', 'color', 'herkunft', 'etnia', 'raza'],
  },
  {
    column: category('religion', 'religion as stated by the person', ['group_a', 'group_b', 'none', 'not_stated']),
    words: ['religion', 'belief', 'religious*'],
  },
  {
    column: category('disability', 'recorded disability', ['yes', 'no', 'not_stated']),
    words: ['disability', 'disabled', 'behinderung', 'discapacidad'],
  },
  {
    column: category('marital_status', 'marital status', ['single', 'married', 'other']),
    words: ['marital status', 'married', 'familienstand', 'estado civil'],
  },
  {
    column: category('nationality', 'nationality', ['domestic', 'foreign', 'not_stated']),
    words: ['nationality', 'national origin', 'citizenship', 'staatsangehorigkeit', 'nacionalidad'],
  },
]
