/** The operations of a running server, as its own live document describes them. */

export interface JsonSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>
}

export interface Operation {
  /** "POST /quickcart/v1/orders" */
  readonly id: string
  readonly method: string
  /** With `{names}`. */
  readonly path: string
  readonly parameters: readonly {
    readonly in: string
    readonly name: string
    readonly required?: boolean
    readonly schema?: JsonSchema
  }[]
  readonly body: JsonSchema | undefined
  readonly responses: Readonly<Record<string, Content>>
  readonly needsIdentity: boolean
}

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly parameters?: Operation['parameters']
            readonly requestBody?: Content
            readonly responses: Operation['responses']
            readonly security?: readonly object[]
          }
        >
      >
    >
  >
}

export async function readOperations(origin: string): Promise<Operation[]> {
  const answer = await fetch(`${origin}/openapi.json`)
  const document: Document = JSON.parse(await answer.text())
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, declared]) => ({
      id: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: declared.parameters ?? [],
      body: declared.requestBody?.content?.['application/json']?.schema,
      responses: declared.responses,
      needsIdentity: (declared.security ?? []).length > 0,
    })),
  )
}

/** What a successful answer of this status must look like; null: nothing; undefined: the status is not documented. */
export function answerSchema(operation: Operation, status: number): JsonSchema | null | undefined {
  const declared = operation.responses[status]
  return declared && (declared.content?.['application/json']?.schema ?? null)
}

/** The error codes that the operation documents for this status. */
export function documentedCodes(operation: Operation, status: number): readonly unknown[] {
  const problem = operation.responses[status]?.content?.['application/problem+json']?.schema
  return problem?.properties?.code?.enum ?? []
}
