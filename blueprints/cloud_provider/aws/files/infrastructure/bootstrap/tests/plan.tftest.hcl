# Plans what an account starts with, with a mock in the place of AWS.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-central-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  environment       = "staging"
  github_repository = "owner/name"
}

run "plan" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket.state.bucket) <= 63 && endswith(aws_s3_bucket.state.bucket, "-state-staging-123456789012")
    error_message = "S3 takes names of up to 63 characters, and this one ends in environment and account."
  }

  assert {
    condition     = alltrue([for role in values(aws_iam_role.github) : length(role.name) <= 64 && role.path == "/bootstrap/"])
    error_message = "Roles that workflows take lie where the role that applies cannot change them."
  }
}

run "one_repository" {
  command = plan

  variables {
    github_repository = "owner/*"
  }

  expect_failures = [var.github_repository]
}

run "known_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}
