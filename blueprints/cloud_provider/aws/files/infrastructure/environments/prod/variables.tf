variable "project" {
  description = "Name of the project; first part of every name."
  type        = string
}

variable "environment" {
  description = "Name of this environment."
  type        = string
}

variable "region" {
  description = "Region that the data stay in."
  type        = string
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
  description = "Days for which logs are kept; CloudWatch knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 and 400, among others."
  type        = number
  default     = 365
}

variable "protected" {
  description = "Whether databases span two zones and nothing can be deleted by a mistake."
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
  description = "Addresses that may reach the API server from outside the network; none closes it to the outside."
  type        = set(string)
  default     = []
}

variable "cluster_administrators" {
  description = "ARNs of IAM roles that administer the cluster, beside the one that created it."
  type        = set(string)
  default     = []
}

variable "databases" {
  description = "PostgreSQL databases by name."
  type        = map(object({ instance_class = string, storage_gib = number }))
}

variable "online_views" {
  description = "Feature views that servers read from DynamoDB."
  type        = set(string)
}

# No default: what a platform may cost is a decision of the people who pay for it.
variable "monthly_budget" {
  description = "What this environment may cost in a month, in budget_currency."
  type        = number
}

variable "budget_currency" {
  description = "Currency of monthly_budget."
  type        = string
  default     = "USD"
}

variable "budget_exchange_rate" {
  description = "US dollars for one unit of budget_currency; needed where that is another one, because AWS counts in US dollars."
  type        = number
  default     = null
}

variable "budget_recipients" {
  description = "Mail addresses that hear of the budget."
  type        = set(string)
}

variable "activate_cost_tags" {
  description = "Whether cost reports show the tags; possible from the second day on, see docs/infrastructure.md."
  type        = bool
  default     = false
}
