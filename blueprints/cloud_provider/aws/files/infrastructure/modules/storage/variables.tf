variable "project" {
  description = "Name of the project."
  type        = string
}

variable "buckets" {
  description = "Layers and their address in contract.yaml, which lacks the suffix."
  type        = map(object({ uri = string }))

  validation {
    condition     = alltrue([for bucket in var.buckets : can(regex("^s3://[a-z0-9][a-z0-9-]+$", bucket.uri))])
    error_message = "Expected addresses such as s3://project-layer."
  }
}

variable "suffix" {
  description = "Ends each name: -<environment>-<account id>, because names of buckets are unique in the world."
  type        = string

  validation {
    condition     = can(regex("^-[a-z]+-[0-9]{12}$", var.suffix))
    error_message = "Expected -<environment>-<account id>."
  }
}

variable "key_arn" {
  description = "Key that the layers are encrypted with."
  type        = string
}

variable "retention_days" {
  description = "Days after which records have to be deleted."
  type        = number

  validation {
    condition     = var.retention_days >= 1
    error_message = "Expected one day or more."
  }
}

variable "work_retention_days" {
  description = "Days for which the hand-overs of a run are kept."
  type        = number
  default     = 90
}

variable "undo_days" {
  description = "Days for which an object that was deleted or replaced can be brought back."
  type        = number
  default     = 30
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
}
