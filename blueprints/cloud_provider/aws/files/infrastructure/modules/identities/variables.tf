variable "cluster_name" {
  description = "Cluster whose service accounts get the roles, and prefix of the roles' names."
  type        = string
}

variable "identities" {
  description = "Service accounts by name, with the words that say what each may use: <bucket>:read|write, online-store:read|write, secrets:read."
  type        = map(object({ namespace = string, access = set(string) }))

  validation {
    condition = alltrue(flatten([
      for identity in var.identities : [
        for word in identity.access : can(regex("^[a-z][a-z0-9_-]*:(read|write)$", word)) && word != "secrets:write"
      ]
    ]))
    error_message = "Expected access words such as raw:read, models:write, online-store:read or secrets:read."
  }
}

variable "bucket_arns" {
  description = "ARN of each layer's bucket."
  type        = map(string)
}

variable "has_tables" {
  description = "Whether there is an online store at all; a plan has to know this before the tables exist."
  type        = bool
}

variable "table_arns" {
  description = "ARNs of the tables of the online store."
  type        = list(string)
}

variable "secret_arns" {
  description = "ARNs of the secrets that may be read."
  type        = list(string)
}

variable "data_key_arn" {
  description = "Key of buckets and tables."
  type        = string
}

variable "secrets_key_arn" {
  description = "Key of the secrets."
  type        = string
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role with a policy of its own."
  type        = string
}
