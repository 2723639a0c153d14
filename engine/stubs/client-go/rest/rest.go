// Package rest stands in for client-go's: Helm's engine only hands a Config around, and a sandbox has no server to reach.
package rest

// Config is never filled: the engine answers `lookup` from its input.
type Config struct{}
