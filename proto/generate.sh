#!/usr/bin/env bash
# Makes the Go code beside the .proto files, and server/console/openapi.json, again from proto/sinergi.
# Needs Go alone: buf comes from .ci/tools.mod, the plugins from go.mod, the borrowed .proto files from pinned modules.
set -euo pipefail
cd "$(dirname "$0")/.."

# module_dir MODULE@VERSION prints the folder of a module in the module cache, downloaded if it is not there. It is asked
# for outside our module, so that go.mod and go.sum never hear of it.
module_dir() {
	local answer dir
	answer=$(cd / && go mod download -json "$1")
	dir=$(sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' <<<"$answer")
	[[ -d $dir ]] || { echo "generate.sh: no folder for $1" >&2; exit 1; }
	echo "$dir"
}

# borrow ROOT FILE... copies files to the same path below build/proto.
borrow() {
	local root=$1 file
	shift
	for file; do
		install -D -m 644 "$root/$file" "build/proto/$file"
	done
}

# The go command leaves out what begins with an underscore, so ./... has no second copy of the code.
rm -rf build/proto build/_gen build/openapi
mkdir -p build/proto build/_gen build/openapi

# Two statements each: a failure inside "$(…)" of an argument would be lost.
googleapis=$(module_dir github.com/grpc-ecosystem/grpc-gateway@v1.16.0)
borrow "$googleapis/third_party/googleapis" google/api/{annotations,http,httpbody}.proto google/rpc/status.proto
protovalidate=$(module_dir github.com/bufbuild/protovalidate@v1.2.2)
borrow "$protovalidate/proto/protovalidate" buf/validate/validate.proto

go tool -modfile=.ci/tools.mod buf generate --template proto/buf.gen.yaml

# Everything is made, so nothing old is lost if it was not. A .proto file that is gone leaves no Go code behind.
find proto/sinergi \( -name '*.pb.go' -o -name '*.pb.gw.go' \) -delete
cp -r build/_gen/sinergi proto/

# The plugin titles a merged document by the first file it meets; its own way to say better is an option in a .proto file.
mkdir -p server/console
sed -e '1,6s/^    "title": ".*"/    "title": "Sinergi"/' -e '1,6s/^    "version": ".*"/    "version": "v1"/' \
	build/openapi/openapi.swagger.json >server/console/openapi.json
