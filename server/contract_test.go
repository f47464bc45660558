package server_test

import (
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// contractFiles goes through the files of our contract.
func contractFiles(yield func(protoreflect.FileDescriptor)) {
	protoregistry.GlobalFiles.RangeFilesByPackage("sinergi.v1", func(f protoreflect.FileDescriptor) bool {
		yield(f)
		return true
	})
}

func classes(f protoreflect.FieldDescriptor) []pb.Class {
	all, _ := proto.GetExtension(f.Options(), pb.E_Classes).([]pb.Class)
	return all
}

// A field without a class is the most secret one, so that a forgotten class hides and never shows; here it is found.
func TestEveryFieldOfTheContractHasAClass(t *testing.T) {
	t.Parallel()
	fields := 0
	contractFiles(func(file protoreflect.FileDescriptor) {
		for i := range file.Messages().Len() {
			m := file.Messages().Get(i)
			for j := range m.Fields().Len() {
				fields++
				if len(classes(m.Fields().Get(j))) == 0 {
					t.Errorf("%s has no class", m.Fields().Get(j).FullName())
				}
			}
		}
	})
	if fields < 200 {
		t.Errorf("%d fields looked at: this test has lost the contract", fields)
	}
}

func TestEveryWordOfTheVocabularyHasAnIndonesianLabel(t *testing.T) {
	t.Parallel()
	contractFiles(func(file protoreflect.FileDescriptor) {
		if file.Path() != "sinergi/v1/vocabulary.proto" {
			return
		}
		for i := range file.Messages().Len() {
			values := file.Messages().Get(i).Enums().ByName("Value").Values()
			for j := 1; j < values.Len(); j++ {
				if label, _ := proto.GetExtension(values.Get(j).Options(), pb.E_Label).(string); label == "" {
					t.Errorf("%s has no label", values.Get(j).FullName())
				}
			}
		}
	})
}

// Personal data is never in a URL: URLs stand in logs, histories and proxies.
func TestNoGetTakesAnythingOfAPerson(t *testing.T) {
	t.Parallel()
	public := map[pb.Class]bool{pb.Class_OPEN: true, pb.Class_F1: true, pb.Class_F1_OWN: true, pb.Class_RECEIPT: true}
	gets := 0
	contractFiles(func(file protoreflect.FileDescriptor) {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				rule, _ := proto.GetExtension(methods.Get(j).Options(), annotations.E_Http).(*annotations.HttpRule)
				if rule.GetGet() == "" {
					continue
				}
				gets++
				fields := methods.Get(j).Input().Fields()
				for k := range fields.Len() {
					for _, class := range classes(fields.Get(k)) {
						if !public[class] {
							t.Errorf("GET %s takes %s of class %s", rule.GetGet(), fields.Get(k).Name(), class)
						}
					}
				}
			}
		}
	})
	if gets < 8 {
		t.Errorf("%d GET methods looked at: this test has lost the contract", gets)
	}
}
