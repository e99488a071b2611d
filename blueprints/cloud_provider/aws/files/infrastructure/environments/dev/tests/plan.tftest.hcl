# Plans this environment with a mock in the place of AWS: no account is needed, and every name and right is worked out as it will be.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-central-1" }
  }

  mock_data "aws_availability_zones" {
    defaults = { names = ["one", "two", "three", "four"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  monthly_budget    = 1000
  budget_currency   = "USD"
  budget_recipients = ["platform@example.org"]
}

run "plan" {
  command = plan

  assert {
    condition     = output.suffix == "-dev-123456789012"
    error_message = "The names of buckets have to end in environment and account."
  }

  assert {
    condition     = alltrue([for name in values(output.buckets) : length(name) <= 63 && endswith(name, output.suffix)])
    error_message = "S3 takes names of up to 63 characters."
  }

  assert {
    condition     = join(" ", keys(output.role_arns)) == join(" ", keys(var.contract.identities))
    error_message = "Each service account has to have a role of its own."
  }

  assert {
    condition     = join(" ", keys(output.secrets)) == join(" ", keys(var.contract.secrets))
    error_message = "Each secret has to have a place in the store."
  }
}

run "other_currency" {
  command = plan

  variables {
    budget_currency      = "EUR"
    budget_exchange_rate = 1.25
  }

  assert {
    condition     = output.monthly_budget == 1250
    error_message = "AWS has to be told the budget in US dollars."
  }
}
