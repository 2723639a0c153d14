package helm

import (
	"reflect"
	"sync"
	"text/template"

	"fleetwright.dev/engine/functions"
	"fleetwright.dev/engine/wire"
)

// parsingFunctions serve where only the names count.
var parsingFunctions = sync.OnceValue(func() template.FuncMap {
	names := (&templateSet{running: &running{}}).functions()
	unbound := func(string, any) (string, error) { return "", nil }
	names["include"], names["tpl"] = unbound, unbound
	return names
})

// functions are helm's, but for those that look templates up. Charts have no env and expandenv, as upstream.
func (set *templateSet) functions() template.FuncMap {
	all := functions.Sprig()
	delete(all, "env")
	delete(all, "expandenv")
	for name, function := range durationFunctions {
		all[name] = function
	}
	set.observeDraws(all)
	set.observeWrites(all)
	for name, function := range (template.FuncMap{
		"toToml":        toTOML,
		"mustToToml":    mustToTOML,
		"fromToml":      fromTOML,
		"toYaml":        toYAML,
		"mustToYaml":    mustToYAML,
		"toYamlPretty":  toYAMLPretty,
		"fromYaml":      fromYAML,
		"fromYamlArray": fromYAMLArray,
		"toJson":        toJSON,
		"mustToJson":    mustToJSON,
		"fromJson":      fromJSON,
		"fromJsonArray": fromJSONArray,
		"required":      required,
		"fail":          fail,
		"lookup":        set.lookup,
	}) {
		all[name] = function
	}
	return all
}

func (set *templateSet) lookup(apiVersion, kind, namespace, name string) (map[string]any, error) {
	running := set.running
	running.looked = append(running.looked, wire.Lookup{APIVersion: apiVersion, Kind: kind, Namespace: namespace, Name: name})
	return running.cluster.lookup(apiVersion, kind, namespace, name)
}

// refusal is what a chart's author says through `required` or `fail`: the fault's message is these words alone.
type refusal struct{ message string }

func (words *refusal) Error() string { return words.message }

func required(message string, value any) (any, error) {
	if value == nil || value == "" {
		return value, &refusal{message}
	}
	return value, nil
}

func fail(message string) (string, error) { return "", &refusal{message} }

// drawing functions give other results for equal arguments: they read randomness or the clock. Those of dates read the
// clock only for arguments that are no date, which is rare enough to be left out of account.
var drawing = []string{
	"randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randBytes", "randInt", "shuffle", "uuidv4",
	"bcrypt", "htpasswd", "encryptAES",
	"genPrivateKey", "buildCustomCert", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey",
	"genSignedCert", "genSignedCertWithKey",
	"now", "ago", "date", "date_in_zone", "dateInZone", "htmlDate", "htmlDateInZone", "durationRound",
}

// observeDraws lets the render know when a file draws, so that its output is not kept for others.
func (set *templateSet) observeDraws(all template.FuncMap) {
	for _, name := range drawing {
		function := reflect.ValueOf(all[name])
		call := function.Call
		if function.Type().IsVariadic() {
			call = function.CallSlice
		}
		all[name] = reflect.MakeFunc(function.Type(), func(arguments []reflect.Value) []reflect.Value {
			set.running.drew = true
			return call(arguments)
		}).Interface()
	}
}

// observeWrites lets the render know when a template is about to write into a map that others see: functions of sprig that
// change their first argument.
func (set *templateSet) observeWrites(all template.FuncMap) {
	setKey := all["set"].(func(map[string]any, string, any) map[string]any)
	all["set"] = func(target map[string]any, key string, value any) map[string]any {
		set.running.write(target)
		return setKey(target, key, value)
	}
	unsetKey := all["unset"].(func(map[string]any, string) map[string]any)
	all["unset"] = func(target map[string]any, key string) map[string]any {
		set.running.write(target)
		return unsetKey(target, key)
	}
	for _, name := range []string{"merge", "mergeOverwrite"} {
		merge := all[name].(func(map[string]any, ...map[string]any) any)
		all[name] = func(target map[string]any, sources ...map[string]any) any {
			set.running.merge(target, sources)
			return merge(target, sources...)
		}
	}
	for _, name := range []string{"mustMerge", "mustMergeOverwrite"} {
		merge := all[name].(func(map[string]any, ...map[string]any) (any, error))
		all[name] = func(target map[string]any, sources ...map[string]any) (any, error) {
			set.running.merge(target, sources)
			return merge(target, sources...)
		}
	}
}
