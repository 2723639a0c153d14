// Package wire holds the payloads that cross the seam, one struct a shape of src/engine/types.ts, JSON names equal to the
// TypeScript ones. Long texts and file contents travel as blobs beside the JSON; a Blob names one by its place.
package wire

import "encoding/json"

// Blob is an index into the blobs of the frame that carries the payload.
type Blob int

// Frame is one template that was being executed when a fault arose.
type Frame struct {
	Template string `json:"template"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
}

// Kind says what sort of mistake a Fault is; the values are those of EngineFault in types.ts.
type Kind string

// The kinds of faults that operations report.
const (
	KindTemplate    Kind = "template"
	KindYAML        Kind = "yaml"
	KindChart       Kind = "chart"
	KindKubeVersion Kind = "kube-version"
	KindSchema      Kind = "schema"
	KindValues      Kind = "values"
	KindKustomize   Kind = "kustomize"
	KindMissingFile Kind = "missing-file"
	KindRemote      Kind = "remote"
	KindPatch       Kind = "patch"
	KindLimit       Kind = "limit"
	KindCrash       Kind = "crash"
)

// Fault is why an operation refused its input. Positions are 1-based, 0 when unknown.
type Fault struct {
	Kind     Kind    `json:"kind"`
	Message  string  `json:"message"`
	File     string  `json:"file,omitempty"`
	Line     int     `json:"line,omitempty"`
	Column   int     `json:"column,omitempty"`
	Includes []Frame `json:"includes,omitempty"`
	// Looked is what a chart looked up before it failed: it may fail for want of an answer.
	Looked []Lookup `json:"looked,omitempty"`
}

// Lookup is a question that a chart asks its cluster. Namespace and Name are empty for all.
type Lookup struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
}

// BlockedCall is a call of a function that would reach out of the sandbox: it gave "".
type BlockedCall struct {
	Function string `json:"function"`
	// Template is the name that its faults would carry.
	Template string `json:"template"`
}

func (fault *Fault) Error() string { return fault.Message }

// File is one file of a chart or tree; its path is relative with '/'.
type File struct {
	Path    string `json:"path"`
	Content Blob   `json:"content"`
}

// LoadChart is the payload of "loadChart": keep the chart under its digest. Result: ChartInfo.
type LoadChart struct {
	Digest string `json:"digest"`
	Files  []File `json:"files"`
}

// LoadTree is the payload of "loadTree": keep the files under their digest. Result: null.
type LoadTree struct {
	Digest string `json:"digest"`
	Files  []File `json:"files"`
}

// Unload is the payload of "unloadCharts" and of "unloadTrees": forget what is held under these digests; unknown ones are
// no error. Result: null.
type Unload struct {
	Digests []string `json:"digests"`
}

// ChartInfo is the result of "loadChart".
type ChartInfo struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	AppVersion   string            `json:"appVersion,omitempty"`
	Type         string            `json:"type"`
	KubeVersion  string            `json:"kubeVersion,omitempty"`
	Deprecated   bool              `json:"deprecated"`
	Dependencies []ChartDependency `json:"dependencies"`
}

// ChartDependency is one row of a chart's dependencies.
type ChartDependency struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Repository string `json:"repository,omitempty"`
	Alias      string `json:"alias,omitempty"`
	Present    bool   `json:"present"`
}

// Capabilities are what a render sees as the cluster. APIVersions nil: helm's own default list.
type Capabilities struct {
	KubeVersion string   `json:"kubeVersion"`
	APIVersions []string `json:"apiVersions"`
}

// Release names what is rendered.
type Release struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// Target selects the objects of a patch; the fields are kustomize's.
type Target struct {
	Group              string `json:"group"`
	Version            string `json:"version"`
	Kind               string `json:"kind"`
	Namespace          string `json:"namespace"`
	Name               string `json:"name"`
	LabelSelector      string `json:"labelSelector"`
	AnnotationSelector string `json:"annotationSelector"`
}

// Patch is a strategic-merge or JSON6902 patch. Target nil: none was written.
type Patch struct {
	Patch  string  `json:"patch"`
	Target *Target `json:"target"`
}

// Finish is done to all objects of a result, in the order of its fields. PatchMode "" means "resource".
type Finish struct {
	Patches          []Patch           `json:"patches"`
	PatchMode        string            `json:"patchMode"`
	TargetNamespace  string            `json:"targetNamespace"`
	DefaultNamespace string            `json:"defaultNamespace"`
	Scopes           map[string]bool   `json:"scopes"`
	ExtraLabels      map[string]string `json:"extraLabels"`
	ExtraAnnotations map[string]string `json:"extraAnnotations"`
}

// RenderChart is the payload of "renderChart"; the chart was loaded before. Result: Rendered and Response.Objects.
type RenderChart struct {
	// Chart is the digest of a loaded chart.
	Chart   string  `json:"chart"`
	Release Release `json:"release"`
	// Values is the text of the merged values, empty for none.
	Values       Blob         `json:"values"`
	Capabilities Capabilities `json:"capabilities"`
	// Lookup holds one JSON object each.
	Lookup []Blob `json:"lookup"`
	// IncludeCRDs nil means true.
	IncludeCRDs          *bool   `json:"includeCrds"`
	SkipSchemaValidation bool    `json:"skipSchemaValidation"`
	DisableHooks         bool    `json:"disableHooks"`
	Finish               *Finish `json:"finish"`
}

// BuildKustomization is the payload of "buildKustomization"; trees and charts were loaded before. Result: Built and
// Response.Objects.
type BuildKustomization struct {
	// Tree is the digest of a loaded tree.
	Tree       string   `json:"tree"`
	Path       string   `json:"path"`
	Components []string `json:"components"`
	// Remotes and Charts: the text in the kustomization → digest of a loaded tree or chart.
	Remotes      map[string]string `json:"remotes"`
	Charts       map[string]string `json:"charts"`
	Capabilities *Capabilities     `json:"capabilities"`
	Values       map[string]string `json:"values"`
	Finish       *Finish           `json:"finish"`
}

// NamedText is a text with the name that its faults carry.
type NamedText struct {
	Name string `json:"name"`
	Text Blob   `json:"text"`
}

// KustomizationNeeds is the payload of "kustomizationNeeds"; trees were loaded before. Result: KustomizationNeedsResult.
type KustomizationNeeds struct {
	// Tree is the digest of a loaded tree.
	Tree       string   `json:"tree"`
	Path       string   `json:"path"`
	Components []string `json:"components"`
	// Remotes are those that are fetched already: what they need in turn is listed too.
	Remotes map[string]string `json:"remotes"`
}

// KustomizationNeedsResult lists what a build would want from outside.
type KustomizationNeedsResult struct {
	Remotes []RemoteNeed `json:"remotes"`
	Charts  []ChartNeed  `json:"charts"`
}

// RemoteNeed is a base or a file on the network.
type RemoteNeed struct {
	// Text is what the kustomization says, and the key under which the tree is handed in.
	Text string `json:"text"`
	// File is the kustomization that says it.
	File string `json:"file"`
	// SingleFile tells that the text looks like the address of one file: to be fetched over HTTP before Git is tried.
	SingleFile bool `json:"singleFile"`
	// Repository is how kustomize takes the text for a Git repository; absent when it does not.
	Repository *RemoteRepository `json:"repository,omitempty"`
}

// RemoteRepository says what to clone. The whole repository is handed in; Path is the kustomization's folder in it.
type RemoteRepository struct {
	URL        string `json:"url"`
	Ref        string `json:"ref,omitempty"`
	Path       string `json:"path,omitempty"`
	Submodules bool   `json:"submodules"`
}

// ChartNeed is an entry of helmCharts whose chart is not in the tree.
type ChartNeed struct {
	// Key is the text under which the chart is handed in.
	Key     string `json:"key"`
	Name    string `json:"name"`
	Repo    string `json:"repo,omitempty"`
	Version string `json:"version,omitempty"`
	File    string `json:"file"`
}

// ReadObjects is the payload of "readObjects". Result: Response.Objects.
type ReadObjects struct {
	Texts  []NamedText `json:"texts"`
	Finish *Finish     `json:"finish"`
}

// ExecuteTemplates is the payload of "executeTemplates". Result: []TemplateResult, in order.
type ExecuteTemplates struct {
	// Dialect is "profile", "event", "reference" or "plain".
	Dialect string `json:"dialect"`
	// Data is the JSON text of the dot.
	Data      Blob        `json:"data"`
	Templates []NamedText `json:"templates"`
}

// TemplateResult is a text or a fault.
type TemplateResult struct {
	Text  *Blob  `json:"text,omitempty"`
	Fault *Fault `json:"fault,omitempty"`
	// Blocked are the functions, sorted, that gave "" because they would reach out of the sandbox.
	Blocked []string `json:"blocked,omitempty"`
}

// MergeValues is the payload of "mergeValues". Result: Merged.
type MergeValues struct {
	Documents []NamedText `json:"documents"`
}

// Merged is the result of "mergeValues".
type Merged struct {
	// Text is the JSON text of the merged values.
	Text Blob `json:"text"`
}

// ParseYaml is the payload of "parseYaml". Result: [][]ParsedDocument, one list a text.
type ParseYaml struct {
	Texts []Blob `json:"texts"`
}

// ParsedDocument is one document of a YAML stream.
type ParsedDocument struct {
	// Start and End are byte offsets into the text; the host turns them into UTF-16 ones.
	Start int `json:"start"`
	End   int `json:"end"`
	// JSON is the canonical JSON text, absent for an empty document.
	JSON  *Blob  `json:"json,omitempty"`
	Fault *Fault `json:"fault,omitempty"`
}

// PrintObjects is the payload of "printObjects": JSON texts, one object each. Result: Response.Objects.
type PrintObjects struct {
	Objects []Blob `json:"objects"`
}

// Hook is what Helm's annotations say of a hook.
type Hook struct {
	Events         []string `json:"events"`
	Weight         int      `json:"weight"`
	DeletePolicies []string `json:"deletePolicies"`
}

// Definition is what a CustomResourceDefinition says of its kind.
type Definition struct {
	Group      string `json:"group"`
	Kind       string `json:"kind"`
	Namespaced bool   `json:"namespaced"`
}

// Rendered is the result of "renderChart" beside its objects.
type Rendered struct {
	// Drew tells whether anything but test hooks drew on randomness or the clock.
	Drew bool `json:"drew"`
	// Looked is all that the chart looked up, found or not; sorted, without duplicates.
	Looked []Lookup `json:"looked,omitempty"`
}

// Built is the result of "buildKustomization" beside its objects.
type Built struct {
	// Blocked is sorted by template and function, without duplicates.
	Blocked []BlockedCall `json:"blocked,omitempty"`
}

// Object is one rendered Kubernetes object. Operations hand it over with Text; the seam sends each text once in an
// instance's life and the digest every time.
type Object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	Source     string `json:"source,omitempty"`
	Hook       *Hook  `json:"hook,omitempty"`
	// Defines is the kind that a CustomResourceDefinition defines.
	Defines *Definition `json:"defines,omitempty"`
	// Digest is the sha256 of Text in hex. Left empty, the seam computes it; SHA-256 costs about as much as printing in
	// WebAssembly, so an operation that keeps objects between renders keeps their digests too.
	Digest string `json:"digest"`
	// Text is canonical YAML and ends with a newline.
	Text []byte `json:"-"`
}

// Versions is the result of "hello".
type Versions struct {
	Protocol  int    `json:"protocol"`
	Helm      string `json:"helm"`
	Kustomize string `json:"kustomize"`
	Go        string `json:"go"`
}

// RequestHeader is the JSON at the front of a request frame.
type RequestHeader struct {
	Operation string          `json:"operation"`
	Payload   json.RawMessage `json:"payload"`
	// Resend asks for the text of every object of the result, whatever was sent before.
	Resend bool `json:"resend,omitempty"`
	// Forget lists digests of texts that the host dropped: they are to be sent again when they are met again.
	Forget []string `json:"forget,omitempty"`
	// Blobs are the lengths in bytes of what follows the header.
	Blobs []int `json:"blobs"`
}

// ResponseHeader is the JSON at the front of a response frame: a fault, or a result, or objects.
type ResponseHeader struct {
	Fault   *Fault       `json:"fault,omitempty"`
	Result  any          `json:"result,omitempty"`
	Objects []SentObject `json:"objects,omitempty"`
	Blobs   []int        `json:"blobs"`
}

// SentObject is an object on its way; Text is absent when the host holds it already.
type SentObject struct {
	Object
	Text *Blob `json:"text,omitempty"`
}
