package template

import (
	"fmt"
	"maps"
	"text/template"

	"fleetwright.dev/engine/functions"
)

// dialect is one way in which Sveltos executes templates: which functions there are. The shape of the dot is in data.go.
type dialect struct {
	name string
	// functions gives those that read the dot; nil when there are none.
	functions func(dot) template.FuncMap
	base      *template.Template
	parsed    parsedTemplates
	// blocked are the functions that the template under way called and that would reach out of the sandbox.
	blocked map[string]bool
}

// blockedFunctions read the environment or ask the network at upstream; here they give "", and are told of.
var blockedFunctions = []string{"env", "expandenv", "getHostByName"}

var (
	profile   = newDialect("profile", profileFunctions)
	event     = newDialect("event", eventFunctions)
	reference = newDialect("reference", nil)
	plain     = newDialect("plain", nil)
)

func dialectOf(name string) (*dialect, error) {
	for _, dialect := range []*dialect{profile, event, reference, plain} {
		if dialect.name == name {
			return dialect, nil
		}
	}
	return nil, fmt.Errorf("unknown dialect of templates %q", name)
}

func newDialect(name string, functionsOf func(dot) template.FuncMap) *dialect {
	made := &dialect{name: name, functions: functionsOf, parsed: parsedTemplates{young: map[string]*template.Template{}}}
	known := functions.Sprig()
	maps.Copy(known, conversions)
	for _, function := range blockedFunctions {
		known[function] = func(string) string {
			made.blocked[function] = true
			return ""
		}
	}
	if functionsOf != nil {
		maps.Copy(known, functionsOf(dot{}))
	}
	// The name stands in no message: faultOf puts the caller's there.
	made.base = template.New(templateName).Option("missingkey=error").Funcs(known)
	return made
}

// parsedTemplates keeps parsed templates by text, in two generations: a fleet executes the same text for each cluster.
type parsedTemplates struct {
	young, old map[string]*template.Template
	youngBytes int
}

// parsedBytes bounds the texts of one generation; a parsed template takes some ten times its text.
const parsedBytes = 512 << 10

func (dialect *dialect) parse(text string) (*template.Template, error) {
	cache := &dialect.parsed
	parsed, found := cache.young[text]
	if found {
		return parsed, nil
	}
	if parsed, found = cache.old[text]; !found {
		var err error
		if parsed, err = template.Must(dialect.base.Clone()).Parse(text); err != nil {
			return nil, err
		}
	}
	if cache.youngBytes += len(text); cache.youngBytes > parsedBytes {
		cache.old, cache.young, cache.youngBytes = cache.young, map[string]*template.Template{}, len(text)
	}
	cache.young[text] = parsed
	return parsed, nil
}
