variable "project" {
  description = "Name of the project."
  type        = string
}

variable "environment" {
  description = "Name of the environment."
  type        = string
}

variable "secrets" {
  description = "Secrets of contract.yaml and what each is for."
  type        = map(object({ description = string }))
}

variable "key_arn" {
  description = "Key that they are encrypted with."
  type        = string
}

variable "recovery_days" {
  description = "Days in which a deleted secret can be brought back."
  type        = number

  validation {
    condition     = var.recovery_days >= 7 && var.recovery_days <= 30
    error_message = "Expected 7 to 30 days."
  }
}
