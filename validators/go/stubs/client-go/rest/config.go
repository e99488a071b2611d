// Package rest stands in for client-go's package of the same name: nothing here ever talks to a cluster.
package rest

// Config names no cluster.
type Config struct{}
