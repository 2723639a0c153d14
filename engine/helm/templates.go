package helm

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"text/template"
	"text/template/parse"
)

// shape is the parsed templates of one structure of a chart: which subcharts are enabled, and under which names, decides
// which files there are, and of equally named definitions the last one parsed wins.
type shape struct {
	// id is of this shape alone, among all charts.
	id  string
	set *templateSet
	// files are the templates to execute, in upstream's order.
	files []templateFile
	// byPath are the places of files in the order in which helm reads their output.
	byPath []int
	places *places
	// texts are the sources of all templates, for the columns of faults.
	texts map[string]string
}

type templateFile struct {
	// name is the path that helm prints as source: `chart/charts/sub/templates/x.yaml`.
	name     string
	basePath string
	// chart is the place of the file's chart in the walk of chartsOf.
	chart int
	// silent: NOTES.txt, whose output is thrown away but whose failure is the render's.
	silent bool
	// reads is found when the file is first executed.
	reads *reads
}

// templateSet is a text/template set whose functions act on the render that runs at the time.
type templateSet struct {
	root *template.Template
	// running is shared with the sets derived from this one.
	running *running
	// derived are copies of this set with the definitions of a text given to `tpl`, by that text.
	derived map[string]*templateSet
}

// maxDerived bounds the texts with definitions whose sets are kept; each costs a map of all templates.
const maxDerived = 32

// running is what the functions of a set need of the render that executes it.
type running struct {
	*execution
	included map[string]int
	// expanding is how many texts given to `tpl` are under way within one another.
	expanding int
}

// maxShapes bounds the structures of one chart that are kept parsed.
const maxShapes = 8

// shapeOf finds or parses the templates for this structure.
func (loaded *Chart) shapeOf(charts []placedChart) (*shape, error) {
	key := shapeKey(charts)
	if known, found := loaded.shapes[key]; found {
		return known, nil
	}
	parsed, err := parseShape(charts)
	if err != nil {
		return nil, err
	}
	if len(loaded.shapes) >= maxShapes {
		clear(loaded.shapes)
	}
	loaded.shapes[key] = parsed
	return parsed, nil
}

// shapeKey tells structures apart by the paths and the identity of the files that make a chart: copies share those.
func shapeKey(charts []placedChart) string {
	var key strings.Builder
	for _, placed := range charts {
		fmt.Fprintf(&key, "%s\x00%s\x00", placed.path, placed.chart.Metadata.Type)
		if len(placed.chart.Templates) > 0 {
			fmt.Fprintf(&key, "%p\x00", placed.chart.Templates[0])
		}
	}
	return key.String()
}

var shapeCount atomic.Uint64

func parseShape(charts []placedChart) (*shape, error) {
	type source struct {
		file templateFile
		text string
	}
	sources := map[string]source{}
	for place, placed := range charts {
		isLibrary := strings.EqualFold(placed.chart.Metadata.Type, "library")
		for _, file := range placed.chart.Templates {
			if isLibrary && !isPartial(file.Name) {
				continue
			}
			name := placed.path + "/" + file.Name
			sources[name] = source{
				file: templateFile{
					name:     name,
					basePath: placed.path + "/templates",
					chart:    place,
					silent:   strings.HasSuffix(name, "NOTES.txt"),
				},
				text: string(file.Data),
			}
		}
	}
	parsed := &shape{id: strconv.FormatUint(shapeCount.Add(1), 36) + " ", set: newTemplateSet(), texts: map[string]string{},
		places: &places{numbers: map[string]int{}},
	}
	for _, name := range parseOrder(sources) {
		parsed.texts[name] = sources[name].text
		if _, err := parsed.set.root.New(name).Parse(sources[name].text); err != nil {
			return nil, parseFault(name, err)
		}
		if !isPartial(name) {
			parsed.byPath = append(parsed.byPath, len(parsed.files))
			parsed.files = append(parsed.files, sources[name].file)
		}
	}
	slices.SortFunc(parsed.byPath, func(a, b int) int { return strings.Compare(parsed.files[a].name, parsed.files[b].name) })
	return parsed, nil
}

func isPartial(name string) bool {
	return strings.HasPrefix(name[strings.LastIndexByte(name, '/')+1:], "_")
}

// parseOrder is upstream's: deepest paths first, each depth in reverse order of names, so that a chart's definitions win
// over its subcharts'.
func parseOrder[Source any](sources map[string]Source) []string {
	names := make([]string, 0, len(sources))
	for name := range sources {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if byDepth := strings.Count(b, "/") - strings.Count(a, "/"); byDepth != 0 {
			return byDepth
		}
		return strings.Compare(b, a)
	})
	return names
}

func newTemplateSet() *templateSet {
	set := &templateSet{running: &running{}, derived: map[string]*templateSet{}}
	// zero rather than error: absent values print as "<no value>", which is cut out of the output.
	set.root = template.New(rootName).Option("missingkey=zero").Funcs(set.functions()).Funcs(set.lateFunctions())
	return set
}

// rootName is what upstream calls its set; texts given to `tpl` carry it in their errors.
const rootName = "gotpl"

// lateFunctions are those that look templates up, so that each derived set has its own.
func (set *templateSet) lateFunctions() template.FuncMap {
	return template.FuncMap{"include": set.include, "tpl": set.tpl}
}

// maxIncluded is how often upstream lets a template be under way within itself.
const maxIncluded = 1000

func (set *templateSet) include(name string, data any) (string, error) {
	included := set.running.included
	if included[name] > maxIncluded {
		return "", fmt.Errorf("rendering template has a nested reference name: %s: unable to execute template", name)
	}
	included[name]++
	var output strings.Builder
	err := set.root.ExecuteTemplate(&output, name, data)
	included[name]--
	return output.String(), err
}

// maxExpanding ends a text that expands itself. Upstream lets it run until its stack is full, which ends the whole process.
const maxExpanding = 200

// tpl executes a text as template. Upstream clones the whole set for each call, so that definitions in the text stay
// inside; here only a text with definitions (or one that names the set's own root) is given a copy, once a text.
func (set *templateSet) tpl(text string, data any) (string, error) {
	if !strings.Contains(text, "{{") {
		return withoutNoValue(text), nil
	}
	if set.running.expanding == maxExpanding {
		return "", errors.New("rendering template has a text that expands itself: unable to execute template")
	}
	set.running.expanding++
	defer func() { set.running.expanding-- }()
	parsed, err := parseTpl(text)
	if err != nil {
		return "", fmt.Errorf("cannot parse template %q: %w", text, err)
	}
	target := set
	if len(parsed.definitions) > 0 || strings.Contains(text, rootName) {
		if target, err = set.derive(text, parsed); err != nil {
			return "", err
		}
	}
	executable := target.root.New(rootName)
	executable.Tree = parsed.main
	var output strings.Builder
	if err := executable.Execute(&output, data); err != nil {
		return "", fmt.Errorf("error during tpl function execution for %q: %w", text, err)
	}
	return withoutNoValue(output.String()), nil
}

// derive copies the set and adds the definitions of a text.
func (set *templateSet) derive(text string, parsed *tplText) (*templateSet, error) {
	if known, found := set.derived[text]; found {
		return known, nil
	}
	clone, err := set.root.Clone()
	if err != nil {
		return nil, fmt.Errorf("cannot clone template: %w", err)
	}
	// Cloning forgets the option (golang/go#43022).
	clone.Option("missingkey=zero")
	derived := &templateSet{root: clone, running: set.running, derived: map[string]*templateSet{}}
	clone.Funcs(derived.lateFunctions())
	for name, tree := range parsed.definitions {
		if _, err := clone.AddParseTree(name, tree); err != nil {
			return nil, err
		}
	}
	if _, err := clone.New(rootName).AddParseTree(rootName, parsed.main); err != nil {
		return nil, err
	}
	if len(set.derived) >= maxDerived {
		clear(set.derived)
	}
	set.derived[text] = derived
	return derived, nil
}

// tplText is a text given to `tpl`, parsed.
type tplText struct {
	main        *parse.Tree
	definitions map[string]*parse.Tree
}

// tplTexts keeps parsed texts for all charts, since parsing needs no more of a set than the names of its functions.
var tplTexts = newGenerations[*tplText](8 << 20)

func parseTpl(text string) (*tplText, error) {
	if known, found := tplTexts.find(text); found {
		return known, nil
	}
	standalone, err := template.New(rootName).Funcs(parsingFunctions()).Parse(text)
	if err != nil {
		return nil, err
	}
	parsed := &tplText{main: standalone.Tree, definitions: map[string]*parse.Tree{}}
	for _, defined := range standalone.Templates() {
		if defined.Name() != rootName {
			parsed.definitions[defined.Name()] = defined.Tree
		}
	}
	// A parsed text takes many times the room of the text.
	tplTexts.keep(text, parsed, 512+16*len(text))
	return parsed, nil
}

// withoutNoValue cuts out what text/template prints for absent values, as upstream does.
func withoutNoValue(output string) string { return strings.ReplaceAll(output, "<no value>", "") }
