// Package v1 stands in for apiextensions-apiserver's: Helm registers its types to list their API version, nothing more.
package v1

import "k8s.io/apimachinery/pkg/runtime"

// AddToScheme adds nothing.
func AddToScheme(*runtime.Scheme) error { return nil }
