variable "name" {
  description = "Name of the budget."
  type        = string
}

variable "monthly_budget" {
  description = "What the environment may cost in a month."
  type        = number

  validation {
    condition     = var.monthly_budget > 0
    error_message = "Expected an amount above 0."
  }
}

variable "currency" {
  description = "Currency that AWS bills the account in."
  type        = string
  default     = "USD"
}

variable "recipients" {
  description = "Mail addresses that are told."
  type        = set(string)

  validation {
    condition     = length(var.recipients) > 0 && length(var.recipients) <= 10 && alltrue([for one in var.recipients : can(regex("^[^@ ]+@[^@ ]+$", one))])
    error_message = "Expected one to ten mail addresses."
  }
}

variable "thresholds" {
  description = "Shares of the budget, in percent, at which mails are sent: for what was spent, and for what the month will come to."
  type        = set(object({ type = string, percent = number }))
  default = [
    { type = "ACTUAL", percent = 50 },
    { type = "ACTUAL", percent = 80 },
    { type = "ACTUAL", percent = 100 },
    { type = "FORECASTED", percent = 100 },
  ]
}

variable "activate_cost_tags" {
  description = "Whether the tags of this platform are activated for cost reports."
  type        = bool
}
