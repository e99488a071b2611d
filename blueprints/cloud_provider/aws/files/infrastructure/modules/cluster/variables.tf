variable "name" {
  description = "Name of the cluster."
  type        = string
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes."
  type        = string

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "Expected a minor version such as 1.34."
  }
}

variable "subnet_ids" {
  description = "Private networks by zone."
  type        = map(string)
}

variable "access_cidrs" {
  description = "Addresses that may reach the API server from outside the network; none closes it to the outside."
  type        = set(string)

  validation {
    condition     = alltrue([for cidr in var.access_cidrs : can(cidrhost(cidr, 0)) && cidr != "0.0.0.0/0"])
    error_message = "Expected ranges such as 203.0.113.0/24, and never the whole internet."
  }
}

variable "administrators" {
  description = "ARNs of IAM roles that administer the cluster, beside the one that created it."
  type        = set(string)
}

variable "pools" {
  description = "Node groups by name; every node carries the label pool=<name>. Either the types of the nodes are named, or the largest pod."
  type = map(object({
    instance_types = optional(list(string))
    pod            = optional(object({ cpu = number, memory_gib = number }))
    min_nodes      = number
    max_nodes      = number
    disk_gib       = number
    spot           = optional(bool, false)
    gpu            = optional(bool, false)
    taint          = optional(object({ key = string, value = string }))
  }))

  validation {
    condition     = alltrue([for pool in var.pools : pool.min_nodes >= 0 && pool.max_nodes >= 1 && pool.min_nodes <= pool.max_nodes])
    error_message = "Expected 0 <= min_nodes <= max_nodes, and max_nodes of 1 or more, in each pool."
  }

  validation {
    condition     = alltrue([for pool in var.pools : (pool.instance_types == null) != (pool.pod == null)])
    error_message = "Expected either instance_types or pod in each pool."
  }

  validation {
    condition     = contains(keys(var.pools), "system")
    error_message = "Expected a pool named system: the add-ons need a place to run."
  }
}

variable "mounted_bucket_arns" {
  description = "Buckets that pods may mount, for reading only."
  type        = list(string)
}

variable "data_key_arn" {
  description = "Key that the buckets are encrypted with."
  type        = string
}

variable "key_arn" {
  description = "Key that secrets of Kubernetes and log groups are encrypted with."
  type        = string
}

variable "log_retention_days" {
  description = "Days after which logs of the control plane are deleted."
  type        = number
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role with a policy of its own."
  type        = string
}
