package main

// The packages whose init functions register the operations.
import (
	_ "fleetwright.dev/engine/helm"
	_ "fleetwright.dev/engine/kustomize"
	_ "fleetwright.dev/engine/manifest"
	_ "fleetwright.dev/engine/template"
)
