export { ParameterError } from "./errors/parameter-error.ts";
export type { KeptOptions } from "./kept.ts";
export {
  type ListParameter,
  type NamedParameter,
  type ParameterSpec,
  type ParametersOptions,
  type ParametersProvider,
  type ParameterValues,
  type PathParameters,
  parameters,
} from "./parameters.ts";
export { type Secret, type SecretSpec, type SecretsOptions, type SecretsProvider, type SecretValues, secrets } from "./secrets.ts";
