package helm

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpusFolder is the corpus of real charts, which lies beside the project.
func corpusFolder(t testing.TB) string {
	t.Helper()
	shared := os.Getenv("FLEETWRIGHT_SHARED")
	if shared == "" {
		shared = "../../../shared"
	} else if !filepath.IsAbs(shared) {
		shared = filepath.Join("../..", shared)
	}
	folder := filepath.Join(shared, "corpus")
	if _, err := os.Stat(filepath.Join(folder, "cases.tsv")); err != nil {
		if os.Getenv("FLEETWRIGHT_REQUIRE_SHARED") == "1" {
			t.Fatalf("the corpus is required and absent: %v", err)
		}
		t.Skip("skipped: no corpus at " + folder + " (FLEETWRIGHT_SHARED)")
	}
	return folder
}

// corpusCase is a row of cases.tsv.
type corpusCase struct {
	chart, name           string
	fails                 bool
	reason                string
	sha256                string
	deterministic         bool
	moved                 string
	golden                string
	skipSchema            bool
	valuesFile, synthetic string
}

func chartCases(t testing.TB, folder string) []corpusCase {
	t.Helper()
	table, err := os.ReadFile(filepath.Join(folder, "cases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []corpusCase
	for line := range strings.Lines(string(table)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if columns[0] != "chart" {
			continue
		}
		row := corpusCase{
			chart: columns[1], name: columns[2], fails: columns[3] == "fail", reason: columns[4],
			sha256: columns[7], deterministic: columns[8] == "y", moved: columns[9], golden: columns[10],
		}
		name := row.name
		if rest, found := strings.CutPrefix(name, "skip-schema/"); found {
			row.skipSchema, name = true, rest
		}
		switch {
		case strings.HasPrefix(name, "ci/"):
			row.valuesFile = name
		case strings.HasPrefix(name, "synth/"):
			row.synthetic = strings.TrimPrefix(name, "synth/")
		}
		cases = append(cases, row)
	}
	if len(cases) == 0 {
		t.Fatal("cases.tsv has no charts")
	}
	return cases
}

func (row corpusCase) values(t testing.TB, folder string, files map[string][]byte) string {
	t.Helper()
	switch {
	case row.valuesFile != "":
		content, found := files[row.valuesFile]
		if !found {
			t.Fatalf("%s has no %s", row.chart, row.valuesFile)
		}
		return string(content)
	case row.synthetic != "":
		content, err := os.ReadFile(filepath.Join(folder, "synth-values", row.chart+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	return ""
}

// chartFilesOf unpacks a chart of the corpus.
func chartFilesOf(t testing.TB, folder, chart string) map[string][]byte {
	t.Helper()
	archive, err := os.Open(filepath.Join(folder, "charts", chart+".tgz"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	reader := tar.NewReader(unzipped)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		_, path, _ := strings.Cut(strings.TrimPrefix(header.Name, "./"), "/")
		files[path] = content
	}
}

func readGzip(t testing.TB, path string) string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
