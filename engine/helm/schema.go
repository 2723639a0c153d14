package helm

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	"github.com/santhosh-tekuri/jsonschema/v6"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// schema is a values.schema.json, compiled, or why it cannot be.
type schema struct {
	compiled *jsonschema.Schema
	err      error
}

// schemaLocation is the address under which upstream compiles a schema; references are relative to it.
const schemaLocation = "file:///values.schema.json"

// checkSchemas validates values against the schemas of a chart and its subcharts, each with its own part of the values, and
// reports all that they find at once.
func (loaded *Chart) checkSchemas(root *chart.Chart, values map[string]any) error {
	findings, err := loaded.findings(root, values)
	if err != nil || findings == "" {
		return err
	}
	return &operation.Fault{
		Kind:    wire.KindSchema,
		Message: "values don't meet the specifications of the schema(s) in the following chart(s):\n" + findings,
		File:    "values.schema.json",
	}
}

func (loaded *Chart) findings(current *chart.Chart, values map[string]any) (string, error) {
	var found strings.Builder
	if current.Schema != nil {
		message, err := loaded.finding(string(current.Schema), values)
		if err != nil {
			return "", err
		}
		if message != "" {
			found.WriteString(current.Name() + ":\n" + message)
		}
	}
	for _, dependency := range current.Dependencies() {
		part, given := values[dependency.Name()]
		if !given || part == nil {
			continue
		}
		fields, isMap := part.(map[string]any)
		if !isMap {
			fmt.Fprintf(&found, "%s:\ninvalid type for values: expected object (map), got %T\n", dependency.Name(), part)
			continue
		}
		message, err := loaded.findings(dependency, fields)
		if err != nil {
			return "", err
		}
		found.WriteString(message)
	}
	return found.String(), nil
}

// finding validates against one schema; the message is upstream's.
func (loaded *Chart) finding(text string, values map[string]any) (message string, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			message = fmt.Sprintf("unable to validate schema: %s", reason)
		}
	}()
	known, found := loaded.schemas[text]
	if !found {
		known = compileSchema(text)
		loaded.schemas[text] = known
	}
	var failed *jsonschema.LoadURLError
	if errors.As(known.err, &failed) {
		var remote *remoteReference
		if errors.As(failed.Err, &remote) {
			return "", &operation.Fault{Kind: wire.KindRemote, Message: remote.Error(), File: "values.schema.json"}
		}
	}
	if known.err != nil {
		return known.err.Error(), nil
	}
	if err := known.compiled.Validate(values); err != nil {
		return strings.TrimPrefix(err.Error(), "jsonschema validation failed with '"+schemaLocation+"#'\n") + "\n", nil
	}
	return "", nil
}

func compileSchema(text string) *schema {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return &schema{err: err}
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(references{})
	if err := compiler.AddResource(schemaLocation, document); err != nil {
		return &schema{err: err}
	}
	compiled, err := compiler.Compile(schemaLocation)
	return &schema{compiled: compiled, err: err}
}

// references answers what a schema refers to outside of itself: nothing from networks and file systems. An unknown urn
// allows everything, as upstream.
type references struct{}

// remoteReference is a reference that helm would follow over the network.
type remoteReference struct{ address string }

func (reference *remoteReference) Error() string {
	return "the schema refers to " + reference.address + ", and rendering has no network: " +
		"put that schema's content into values.schema.json, or skip the validation of values for this chart"
}

func (references) Load(address string) (any, error) {
	location, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	switch location.Scheme {
	case "http", "https":
		return nil, &remoteReference{address}
	case "urn":
		return true, nil
	}
	return nil, errors.New("there is no file " + address)
}
