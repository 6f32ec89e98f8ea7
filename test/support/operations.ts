/** The calls of the operator's API, as its OpenAPI document lists them. */

/** One call; `path` has its parameters in braces. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

type Paths = Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;

/** Reads them from a running admin app. */
export async function operationsOf(adminUrl: string): Promise<readonly Operation[]> {
  const answer = await fetch(`${adminUrl}/admin/openapi.json`);
  const { paths } = (await answer.json()) as { readonly paths: Paths };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId }]) => ({
      ...{ id: operationId, method: method.toUpperCase(), path },
    })),
  );
}
