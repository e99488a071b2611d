# A pool is told what its largest pod asks for; its nodes are the smallest that hold one, so that a larger forecast in spec.yaml
# gives larger nodes and not pods that wait for ever.
locals {
  sizes = [
    { name = "large", cpu = 2 },
    { name = "xlarge", cpu = 4 },
    { name = "2xlarge", cpu = 8 },
    { name = "4xlarge", cpu = 16 },
    { name = "8xlarge", cpu = 32 },
    { name = "12xlarge", cpu = 48 },
    { name = "16xlarge", cpu = 64 },
    { name = "24xlarge", cpu = 96 },
  ]

  # GiB for each CPU, and the families that have it; the first one is taken on demand, all of them on spot.
  kinds = {
    general = { gib = 4, families = ["m6i", "m6a", "m5", "m5a"] }
    memory  = { gib = 8, families = ["r6i", "r6a", "r5", "r5a"] }
  }

  # Kubernetes, the system and the agents on each node keep half a CPU, 5 % of the memory and 2 GiB for themselves.
  fitting = {
    for name, pool in var.pools : name => {
      for kind, has in local.kinds : kind => [
        for size in local.sizes : size.name
        if pool.pod != null && size.cpu - 0.5 >= try(pool.pod.cpu, 0) && size.cpu * has.gib * 0.95 - 2 >= try(pool.pod.memory_gib, 0)
      ]
    }
  }

  # More memory for each CPU costs more, and is worth it only where it saves a size.
  kind = {
    for name, fits in local.fitting : name =>
    length(fits.general) > 0 && try(fits.general[0], "") == try(fits.memory[0], "") ? "general" : "memory"
  }

  instance_types = {
    for name, pool in var.pools : name => pool.instance_types != null ? pool.instance_types : [
      for family in slice(local.kinds[local.kind[name]].families, 0, pool.spot ? 4 : 1) :
      "${family}.${try(local.fitting[name][local.kind[name]][0], "too-small")}"
    ]
  }
}
