package helm

import (
	"errors"
	"fmt"
	"sync"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

// loaded holds the charts that the host may refer to by digest; the host bounds it with unloadCharts.
var loaded = struct {
	sync.Mutex
	charts map[string]*Chart
}{charts: map[string]*Chart{}}

func init() {
	operation.Register("loadChart", loadChart)
	operation.Register("unloadCharts", unloadCharts)
	operation.Register("renderChart", renderChart)
}

// Loaded is the chart that was loaded under that digest, for renderers that hold charts of their own (kustomize).
func Loaded(digest string) (*Chart, bool) {
	loaded.Lock()
	defer loaded.Unlock()
	chart, found := loaded.charts[digest]
	return chart, found
}

func loadChart(request operation.Request) (operation.Response, error) {
	var payload wire.LoadChart
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	chart, found := Loaded(payload.Digest)
	if !found {
		files := make(map[string][]byte, len(payload.Files))
		for _, file := range payload.Files {
			files[file.Path] = request.Bytes(file.Content)
		}
		var err error
		if chart, err = Load(files); err != nil {
			return operation.Response{}, err
		}
		loaded.Lock()
		loaded.charts[payload.Digest] = chart
		loaded.Unlock()
	}
	return operation.Response{Result: chart.Info()}, nil
}

func unloadCharts(request operation.Request) (operation.Response, error) {
	var payload wire.Unload
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	loaded.Lock()
	defer loaded.Unlock()
	for _, digest := range payload.Digests {
		delete(loaded.charts, digest)
	}
	return operation.Response{}, nil
}

func renderChart(request operation.Request) (operation.Response, error) {
	var payload wire.RenderChart
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	chart, found := Loaded(payload.Chart)
	if !found {
		return operation.Response{}, fmt.Errorf("chart %s was not loaded", payload.Chart)
	}
	options := Options{
		Release:              payload.Release,
		Values:               request.Text(payload.Values),
		Capabilities:         payload.Capabilities,
		ExcludeCRDs:          payload.IncludeCRDs != nil && !*payload.IncludeCRDs,
		SkipSchemaValidation: payload.SkipSchemaValidation,
		DisableHooks:         payload.DisableHooks,
	}
	for _, object := range payload.Lookup {
		options.Lookup = append(options.Lookup, request.Bytes(object))
	}
	rendered, told, err := chart.RenderAndTell(options)
	if err != nil {
		return operation.Response{}, afterLookups(err, told)
	}
	objects, err := manifest.Finish(rendered, payload.Finish)
	if err != nil {
		return operation.Response{}, afterLookups(err, told)
	}
	return operation.Response{Result: told, Objects: objects}, nil
}

// afterLookups says with a fault what was looked up before: with other answers there might be none. Faults are kept and
// given again by some, hence the copy.
func afterLookups(err error, told Told) error {
	var fault *operation.Fault
	if len(told.Looked) == 0 || !errors.As(err, &fault) {
		return err
	}
	copied := *fault
	copied.Looked = told.Looked
	return &copied
}
