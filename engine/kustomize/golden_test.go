package kustomize

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

// goldenRow is a row of the corpus: a folder of a repository, and what `kustomize build` made of it.
type goldenRow struct {
	kind, name, folder, result, reason, sha256, golden string
}

func corpusFolder(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("FLEETWRIGHT_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	folder := filepath.Join(shared, "corpus")
	if _, err := os.Stat(filepath.Join(folder, "cases.tsv")); err != nil {
		if os.Getenv("FLEETWRIGHT_REQUIRE_SHARED") == "1" {
			t.Fatalf("no corpus: %v", err)
		}
		t.Skip("no corpus in " + folder)
	}
	return folder
}

func goldenRows(t *testing.T, corpus string) map[string][]goldenRow {
	t.Helper()
	file, err := os.Open(filepath.Join(corpus, "cases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := map[string][]goldenRow{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		if cells[0] != "kustomize" && cells[0] != "fleet" {
			continue
		}
		archive := map[string]string{"kustomize": "kustomize", "fleet": "fleets"}[cells[0]] + "/" + cells[1] + ".tgz"
		rows[archive] = append(rows[archive], goldenRow{
			kind: cells[0], name: cells[1], folder: cells[2], result: cells[3], reason: cells[4], sha256: cells[7], golden: cells[10],
		})
	}
	return rows
}

// readArchive gives the files of a packed tree, without its first folder.
func readArchive(t *testing.T, name string) map[string][]byte {
	t.Helper()
	packed, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for archive := tar.NewReader(unpacked); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(header.Name, "./")
		if header.Typeflag == tar.TypeLink {
			files[name] = files[strings.TrimPrefix(header.Linkname, "./")]
		}
		if header.Typeflag == tar.TypeReg {
			content, err := io.ReadAll(archive)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = content
		}
	}
}

// TestEqualsTheKustomizeCommand builds every root of the corpus natively and compares the bytes.
func TestEqualsTheKustomizeCommand(t *testing.T) {
	corpus := corpusFolder(t)
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	counts := map[string]int{}
	for archive, rows := range goldenRows(t, corpus) {
		files := map[string][]byte{}
		for name, content := range readArchive(t, filepath.Join(corpus, archive)) {
			_, inner, _ := strings.Cut(name, "/")
			files[inner] = content
		}
		trees.loaded["corpus"] = newTree("corpus", files)
		for _, row := range rows {
			counts[checkRow(t, row)]++
		}
	}
	t.Log(counts)
}

// checkRow builds one root. Bytes must be upstream's; what upstream refuses is refused, but for charts, which upstream was
// not allowed to inflate; and the objects that are handed on must say what the text says.
func checkRow(t *testing.T, row goldenRow) string {
	t.Helper()
	built, _, err := Build(wire.BuildKustomization{Tree: "corpus", Path: strings.TrimPrefix(row.folder, ".")})
	if row.result == "fail" {
		var fault *operation.Fault
		switch {
		case errors.As(err, &fault):
			return "refused: " + string(fault.Kind)
		case strings.HasPrefix(row.reason, "helm-generator"):
			return "with charts"
		}
		t.Errorf("%s %s: want a fault, %s; got %v", row.name, row.folder, row.reason, err)
		return "wrong"
	}
	if err != nil {
		t.Errorf("%s %s: %v", row.name, row.folder, err)
		return "wrong"
	}
	text, err := built.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	if hex.EncodeToString(sum[:])[:16] != row.sha256 {
		t.Errorf("%s %s: other bytes", row.name, row.folder)
		return "wrong"
	}
	rendered, err := objectsOf(built, wire.BuildKustomization{}, &blockedCalls{})
	if err != nil {
		// One overlay of a test suite has a resource that is no Kubernetes object.
		return "printed, but " + err.Error()
	}
	parts := manifest.Split(string(text))
	for place, part := range parts {
		if value, _ := manifest.Parse(part.Text); len(rendered) == len(parts) &&
			!bytes.Equal(manifest.Print(value), rendered[place].Object.Text()) {
			t.Errorf("%s %s: object %d says something else", row.name, row.folder, place)
		}
	}
	return "equal"
}
