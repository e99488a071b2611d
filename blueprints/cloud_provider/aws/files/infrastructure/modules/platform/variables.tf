variable "project" {
  description = "Name of the project; first part of every name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,22}[a-z0-9]$", var.project))
    error_message = "Expected 2 to 24 lower case letters, digits and hyphens: buckets and roles are named after it."
  }
}

variable "environment" {
  description = "dev, staging or prod; each has an account of its own."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "Expected dev, staging or prod."
  }
}

variable "contract" {
  description = "The names of contract.yaml that the cloud has to know."
  type = object({
    buckets    = map(object({ uri = string }))
    identities = map(object({ namespace = string, access = set(string) }))
    images     = map(object({ repository = string }))
    secrets    = map(object({ description = string }))
  })
}

variable "retention_days" {
  description = "Days after which records have to be deleted."
  type        = number
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
}

variable "protected" {
  description = "Whether the environment is prod-like: databases in two zones, long backups, nothing deleted by a mistake."
  type        = bool
}

variable "network" {
  description = "Addresses, gateways and interfaces of the network."
  type = object({
    cidr                = string
    gateway_per_zone    = bool
    interface_endpoints = set(string)
  })
}

variable "cluster" {
  description = "Version, node pools and mounted buckets of the cluster."
  type = object({
    kubernetes_version = string
    mounted_buckets    = set(string)
    pools = map(object({
      instance_types = optional(list(string))
      pod            = optional(object({ cpu = number, memory_gib = number }))
      min_nodes      = number
      max_nodes      = number
      disk_gib       = number
      spot           = optional(bool, false)
      gpu            = optional(bool, false)
      taint          = optional(object({ key = string, value = string }))
    }))
  })
}

variable "cluster_access_cidrs" {
  description = "Addresses that may reach the API server from outside the network."
  type        = set(string)
}

variable "cluster_administrators" {
  description = "ARNs of IAM roles that administer the cluster."
  type        = set(string)
}

variable "databases" {
  description = "PostgreSQL databases by name."
  type        = map(object({ instance_class = string, storage_gib = number }))
}

variable "online_views" {
  description = "Feature views that servers read from DynamoDB."
  type        = set(string)
}

variable "monthly_budget" {
  description = "What the environment may cost in a month, in budget_currency."
  type        = number
}

variable "budget_currency" {
  description = "Currency of monthly_budget."
  type        = string
}

variable "budget_exchange_rate" {
  description = "US dollars for one unit of budget_currency; null where that is USD."
  type        = number

  validation {
    condition     = var.budget_currency == "USD" || try(var.budget_exchange_rate > 0, false)
    error_message = "Expected the US dollars for one unit of budget_currency: AWS counts what an account costs in US dollars."
  }
}

variable "budget_recipients" {
  description = "Mail addresses that hear of the budget."
  type        = set(string)
}

variable "activate_cost_tags" {
  description = "Whether the tags of this platform are activated for cost reports."
  type        = bool
}
