variable "name" {
  description = "Alias of the key, without the prefix alias/."
  type        = string
}

variable "description" {
  description = "What is encrypted with the key."
  type        = string
}

variable "log_groups" {
  description = "Whether CloudWatch encrypts log groups of this account with it."
  type        = bool
  default     = false
}

variable "administration_actions" {
  description = "What administrators of the account may do with the key; using it is granted apart from this."
  type        = set(string)
  default = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
  ]
}
