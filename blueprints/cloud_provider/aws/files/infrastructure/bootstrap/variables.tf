variable "project" {
  description = "Name of the project; first part of every name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,22}[a-z0-9]$", var.project))
    error_message = "Expected 2 to 24 lower case letters, digits and hyphens: buckets and roles are named after it."
  }
}

variable "environment" {
  description = "Environment that this account holds."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "Expected dev, staging or prod."
  }
}

variable "region" {
  description = "Region that the data stay in."
  type        = string
}

variable "github_repository" {
  description = "Repository whose workflows may take the roles, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "Expected owner/name, without a pattern."
  }
}

variable "repositories" {
  description = "Image repositories that workflows push to."
  type        = set(string)
}
