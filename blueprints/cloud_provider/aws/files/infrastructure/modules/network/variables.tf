variable "name" {
  description = "Name of the network and prefix of everything in it."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network, a /16."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && endswith(var.cidr, "/16")
    error_message = "Expected a /16 such as 10.10.0.0/16."
  }
}

variable "gateway_per_zone" {
  description = "One NAT gateway in each zone, so that a zone can fail; otherwise one for all, which costs a third."
  type        = bool
}

variable "interface_endpoints" {
  description = "Services of AWS that get an interface inside the network, such as ecr.api."
  type        = set(string)
}

variable "log_key_arn" {
  description = "Key that log groups are encrypted with."
  type        = string
}

variable "log_retention_days" {
  description = "Days after which flow logs are deleted."
  type        = number
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role with a policy of its own."
  type        = string
}
