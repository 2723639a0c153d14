// Package scheme stands in for client-go's: Helm lists its groups as default API versions. The real one links every type of
// Kubernetes; here it is empty, and the API versions of a render come from the cluster's facts or the host's own table.
package scheme

import "k8s.io/apimachinery/pkg/runtime"

// Scheme knows no types.
var Scheme = runtime.NewScheme()
