//go:build dev

package manifest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fleetwright.dev/engine/wire"
)

type R = json.RawMessage

func norm(v any) any {
	b, _ := json.Marshal(v)
	var x any
	json.Unmarshal(b, &x)
	return x
}

func TestOracleSplit(t *testing.T) {
	files, _ := filepath.Glob("/work/shared/corpus/oracle/split/*.json")
	n, bad := 0, 0
	for _, f := range files {
		b, _ := os.ReadFile(f)
		var o struct {
			ID, Op   string
			Input    map[string]R
			Expected struct {
				Objects []any
				Error   *struct{ Class, Message string }
			}
		}
		if err := json.Unmarshal(b, &o); err != nil {
			t.Log("SKIP", f, err)
			continue
		}
		if o.Op != "split" {
			continue
		}
		n++
		var text string
		json.Unmarshal(o.Input["text"], &text)
		objs, fault := ReadSveltos(text)
		var got []any
		for _, o := range objs {
			got = append(got, norm(o.Fields()))
		}
		if (fault != nil) != (o.Expected.Error != nil) || fault == nil && !reflect.DeepEqual(got, o.Expected.Objects) && len(got)+len(o.Expected.Objects) > 0 {
			bad++
			t.Logf("%s\n%.300q\n got %.300v %v\n want %.300v %v", o.ID, text, got, fault, o.Expected.Objects, o.Expected.Error)
		}
	}
	t.Log(n, bad)
}

func TestOraclePatch(t *testing.T) {
	files, _ := filepath.Glob("/work/shared/corpus/oracle/patch/*.json")
	n, bad := 0, 0
	for _, f := range files {
		b, _ := os.ReadFile(f)
		var o struct {
			ID, Op string
			Input  struct {
				Resources []R
				Manifest  string
				Patches   []wire.Patch
			}
			Expected struct {
				Objects  []any
				Manifest string
				Error    *struct{ Class, Message string }
			}
		}
		if err := json.Unmarshal(b, &o); err != nil {
			t.Log("SKIP", f, err)
			continue
		}
		if o.Op == "patch-profile" {
			continue
		}
		n++
		var r []Rendered
		mode := "resource"
		if o.Op == "patch-helm" {
			mode = "combined"
			for _, d := range SplitHelm(o.Input.Manifest) {
				doc, fault := Load(d)
				if fault != nil {
					t.Log(o.ID, fault)
					continue
				}
				for _, ob := range doc.Objects {
					r = append(r, Rendered{Object: ob})
				}
			}
			for _, d := range SplitHelm(o.Expected.Manifest) {
				doc, fault := Load(d)
				if fault != nil {
					t.Log(o.ID, fault)
					continue
				}
				for _, ob := range doc.Objects {
					o.Expected.Objects = append(o.Expected.Objects, norm(ob.Fields()))
				}
			}
		}
		for _, x := range o.Input.Resources {
			ob, fault := objectOfJSON(x)
			if fault != nil {
				t.Log(o.ID, fault)
				continue
			}
			ob.text = Print(ob.fields)
			ob.document = &Document{text: string(ob.text)}
			r = append(r, Rendered{Object: ob})
		}
		out, err := Finish(r, &wire.Finish{Patches: o.Input.Patches, PatchMode: mode})
		var got []any
		for _, o := range out {
			v, _ := Parse(string(o.Text))
			got = append(got, norm(v))
		}
		if (err != nil) != (o.Expected.Error != nil) || err == nil && !reflect.DeepEqual(got, o.Expected.Objects) {
			bad++
			p, _ := json.Marshal(o.Input.Patches)
			t.Logf("%s %s\n got %.1500v %v\n want %.1500v %v", o.ID, p, got, err, o.Expected.Objects, o.Expected.Error)
		}
	}
	t.Log(n, bad)
	_ = fmt.Sprint
	_ = strings.ToLower
}
