package main

import (
	"cmp"
	"maps"
	"slices"
)

func sortBy[T any, K cmp.Ordered](items []T, key func(T) K) {
	slices.SortStableFunc(items, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

func sortedKeys[V any](items map[string]V) []string { return slices.Sorted(maps.Keys(items)) }
