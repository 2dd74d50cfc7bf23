"""What the tests stand on: the cluster, the network guard, the count of promises."""
