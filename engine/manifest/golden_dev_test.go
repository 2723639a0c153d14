//go:build dev

package manifest

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	yaml3 "go.yaml.in/yaml/v3"
	sigs "sigs.k8s.io/yaml"
)

func TestGoldenRoundTrip(t *testing.T) {
	files, _ := filepath.Glob("/root/.cache/fleetwright-corpus/golden/charts/*/*.yaml")
	more, _ := filepath.Glob("/root/.cache/fleetwright-corpus/golden/*/*/*.yaml")
	files = append(files, more...)
	docs, bad, noname := 0, 0, 0
	var parse, print, dump time.Duration
	seen := map[string]bool{}
	var totalBytes int
	for _, f := range files {
		b, _ := os.ReadFile(f)
		for _, d := range SplitHelm(string(b)) {
			if seen[d] {
				continue
			}
			seen[d] = true
			start := time.Now()
			v, fault := Parse(d)
			parse += time.Since(start)
			if fault != nil {
				t.Log(f, fault, fault.Line, fault.Column)
				bad++
				continue
			}
			if v == nil {
				continue
			}
			docs++
			totalBytes += len(d)
			start = time.Now()
			text := Print(v)
			print += time.Since(start)
			start = time.Now()
			sigs.Marshal(v)
			dump += time.Since(start)
			again, fault := Parse(string(text))
			if fault != nil || !reflect.DeepEqual(v, again) {
				t.Log(f, "not equal again", fault)
				bad++
				if bad > 20 {
					t.Fatal()
				}
				continue
			}
			var three any
			err := yaml3.Unmarshal(text, &three)
			three, err2 := toJSONTypes(three)
			if err != nil || err2 != nil || !reflect.DeepEqual(v, three) {
				t.Logf("%s yaml3 %v %v", f, err, err2)
				bad++
				if bad > 20 {
					t.Fatal()
				}
			}
			if !bytes.Equal(text, Print(again)) {
				t.Log(f, "unstable")
			}
			if _, fault := Load(d); fault != nil {
				noname++
				if noname < 40 {
					t.Log(f, fault)
				}
			}
		}
	}
	t.Log(len(files), docs, bad, noname, totalBytes, parse, print, dump)
}
