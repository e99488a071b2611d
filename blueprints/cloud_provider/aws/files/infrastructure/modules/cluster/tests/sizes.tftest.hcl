# The nodes of a pool hold its largest pod, and no more than that.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name                 = "trial"
  kubernetes_version   = "1.34"
  subnet_ids           = { one = "subnet-1", two = "subnet-2" }
  access_cidrs         = []
  administrators       = []
  mounted_bucket_arns  = []
  data_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/data"
  key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/cluster"
  log_retention_days   = 365
  permissions_boundary = "arn:aws:iam::123456789012:policy/bootstrap/trial"

  pools = {
    system = { instance_types = ["m6i.xlarge"], min_nodes = 1, max_nodes = 2, disk_gib = 50 }
    small  = { pod = { cpu = 1, memory_gib = 2 }, min_nodes = 1, max_nodes = 2, disk_gib = 50 }
    middle = { pod = { cpu = 4, memory_gib = 16 }, min_nodes = 0, max_nodes = 2, disk_gib = 50 }
    large  = { pod = { cpu = 4, memory_gib = 256 }, min_nodes = 0, max_nodes = 2, disk_gib = 50, spot = true }
  }
}

run "smallest_that_fits" {
  command = plan

  assert {
    condition     = output.instance_types.system == tolist(["m6i.xlarge"])
    error_message = "What is named is taken."
  }

  assert {
    condition     = output.instance_types.small == tolist(["m6i.large"])
    error_message = "1 CPU and 2 GiB fit on 2 CPU and 8 GiB."
  }

  # 16 GiB would leave nothing for the node itself.
  assert {
    condition     = output.instance_types.middle == tolist(["m6i.2xlarge"])
    error_message = "4 CPU and 16 GiB need 8 CPU and 32 GiB."
  }

  # 384 GiB are 48 CPU with 8 GiB each, or 96 with 4 GiB each.
  assert {
    condition     = output.instance_types.large == tolist(["r6i.12xlarge", "r6a.12xlarge", "r5.12xlarge", "r5a.12xlarge"])
    error_message = "256 GiB need 384, from several families on spot."
  }
}

run "nothing_holds_it" {
  command = plan

  variables {
    pools = {
      system = { pod = { cpu = 4, memory_gib = 800 }, min_nodes = 1, max_nodes = 2, disk_gib = 50 }
    }
  }

  expect_failures = [aws_eks_node_group.pool["system"]]
}

run "either_types_or_a_pod" {
  command = plan

  variables {
    pools = {
      system = { min_nodes = 1, max_nodes = 2, disk_gib = 50 }
    }
  }

  expect_failures = [var.pools]
}

run "not_the_whole_internet" {
  command = plan

  variables {
    access_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.access_cidrs]
}
