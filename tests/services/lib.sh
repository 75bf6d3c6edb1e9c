# shellcheck shell=bash
# What the scripts beside this file share: the cache of installed services, free ports, daemons with a recorded
# pid, readiness. Sourced by them after `set -euo pipefail`; never run by itself.
#
# Two kinds of folders, and nothing else is written:
#   the cache    what was downloaded or compiled, kept between runs, safe to delete when nothing runs
#   DIR          one running service: NAME.pid, NAME.log, NAME.data, env; given by the caller
#
# Functions that fill a folder are run by `install_once` behind `||`, where the shell ignores `set -e`: they are
# chains of `&&`.

me=${0##*/}
cache=${SLUICEBOX_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/sluicebox-tests}
[[ $cache == /* ]] || cache=$PWD/$cache

say() { printf '%s: %s\n' "$me" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# usage: prints the comment at the top of the calling script, which is its manual.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

# need COMMAND HINT: stops with one line when a command is missing.
need() { command -v "$1" >/dev/null || die "the command $1 is missing: $2"; }

# absolute PATH: the same path from the root, whether it exists or not.
absolute() { realpath -m -- "$1"; }

# --- installing -------------------------------------------------------------------------------------------------

# install_once NAME DEST WHAT FUNCTION: makes the folder DEST by FUNCTION, which fills the folder in $1.
# All or nothing: filled aside on the same file system and renamed, under a lock, so that an interrupted call leaves
# nothing that looks installed and a second caller waits for the first. The lock is not inherited by what FUNCTION
# runs: a daemon that a build tool leaves behind must not hold it.
install_once() {
    local name=$1 dest=$2 what=$3 fill=$4
    [[ -d $dest ]] && return
    mkdir -p "$cache/locks" "$cache/tmp" "$cache/logs"
    (
        flock 9
        [[ -d $dest ]] && exit 0 # whoever held the lock did the work
        log=$cache/logs/$name.log
        begin=$SECONDS
        say "installing $what ..."
        rm -rf "$cache/tmp/$name".* # an interrupted call left it, for nobody else has the lock
        aside=$(mktemp -d "$cache/tmp/$name.XXXXXX")
        chmod 755 "$aside"
        mkdir "$aside.tmp" # not in /tmp: what is interrupted leaves its temporary files behind
        if ! TMPDIR=$aside.tmp "$fill" "$aside" >"$log" 2>&1 9>&-; then
            rm -rf "$aside" "$aside.tmp"
            die "could not install $what: $(reason "$log") (see $log)"
        fi
        rm -rf "$aside.tmp"
        mv -T "$aside" "$dest"
        say "installed $what in $((SECONDS - begin)) s"
    ) 9>"$cache/locks/$name"
}

# reason FILE: the line of a log that most likely says what went wrong, cut to fit a message.
reason() {
    local lines
    lines=$(sed -e 's/\x1b\[[0-9;]*m//g' -e '/^[[:space:]]*$/d' -e '/^[[:space:]]*\(at \|\.\.\. \)/d' "$1" 2>/dev/null) || return 0
    { grep -E 'ERROR|FATAL|Exception: |[Ee]rror: |[Cc]aused by' <<<"$lines" || printf '%s\n' "$lines"; } |
        tail -n 1 | cut -c 1-240
}

# attempts N COMMAND...: a registry may be away for a moment; the clients pick up where they stopped.
attempts() {
    local left=$1
    shift
    until "$@"; do
        ((--left > 0)) || return 1
        sleep 3
    done
}

# install_venv NAME DEST REQUIREMENT...: a Python environment of exactly these wheels. It is moved after it was made,
# so only its python is to be used (`python -m ...`); the scripts in bin/ name the folder it was made in.
install_venv() {
    local name=$1 dest=$2
    shift 2
    requirements=("$@")
    need python3 "apt-get install python3-venv"
    if [[ -d $dest ]] && ! "$dest/bin/python" -c ''; then
        say "the Python of $dest is gone; making it again"
        rm -rf "$dest"
    fi
    install_once "$name" "$dest" "$*" fill_venv
}

fill_venv() {
    python3 -m venv "$1" &&
        attempts 3 "$1/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
            "${requirements[@]}"
}

# go_install BIN MODULE@VERSION...: compiles commands into the folder BIN. No C compiler, no version control, and a
# smaller program that links faster.
go_install() {
    local bin=$1
    shift
    GOBIN=$bin CGO_ENABLED=0 attempts 3 go install -trimpath -ldflags '-s -w' "$@"
}

# certificate: the folder of a key and a certificate for the loopback that signs itself: keystore.p12 (password
# `loopback`) for servers on a JVM, ca.pem for their clients, and other.pem, which has signed nothing.
certificate=$cache/certificate-1

install_certificate() {
    need keytool "apt-get install openjdk-17-jre-headless"
    install_once certificate "$certificate" "a certificate for the loopback" fill_certificate
}

fill_certificate() {
    local name file
    for name in keystore other; do
        file=ca
        [[ $name == keystore ]] || file=other
        keytool -genkeypair -alias "$name" -keyalg EC -groupname secp256r1 -validity 3650 -storetype PKCS12 \
            -keystore "$1/$name.p12" -storepass loopback -dname CN=localhost -ext SAN=IP:127.0.0.1,dns:localhost &&
            keytool -exportcert -rfc -alias "$name" -keystore "$1/$name.p12" -storepass loopback >"$1/$file.pem" || return
    done
}

# --- ports ------------------------------------------------------------------------------------------------------

# claim_port DIR: prints a port of the loopback that nobody listens on and no other DIR has claimed. Services are
# told their port before they can bind it; the claim keeps parallel runs apart in between, and across the restart of
# a broker. Below 32768, where the kernel does not pick ports for outgoing connections.
claim_port() {
    mkdir -p "$cache/ports" "$cache/locks"
    (
        flock 9
        for _ in {1..500}; do
            port=$((10240 + RANDOM % 22000))
            claim=$cache/ports/$port
            [[ -e $claim ]] && owner=$(<"$claim") && [[ -d $owner ]] && continue
            listens "$port" && continue
            printf '%s\n' "$1" >"$claim"
            printf '%s\n' "$port"
            exit 0
        done
        die "no free port between 10240 and 32240"
    ) 9>"$cache/locks/ports"
}

# release_ports DIR
release_ports() {
    local claim
    for claim in "$cache"/ports/*; do
        if [[ $(cat "$claim" 2>/dev/null) == "$1" ]]; then rm -f "$claim"; fi
    done
}

# listens PORT: does anything accept connections there?
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# http_status PORT PATH: prints the status code of a GET.
http_status() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$1" &&
            printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$2" "$1" >&3 &&
            read -r -t 5 _ status _ <&3 && printf '%s\n' "$status"
    ) 2>/dev/null
}

# http_answers STATUS PORT PATH
http_answers() { [[ $(http_status "$2" "$3") == "$1" ]]; }

# --- daemons ----------------------------------------------------------------------------------------------------

# birth PID: prints when a process started (in clock ticks); fails when it is gone, or dead and not yet reaped.
# A pid alone does not name a process for long: the kernel gives it out again.
birth() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    read -ra stat <<<"${stat##*) }"
    [[ ${stat[0]} != [ZX] ]] && printf '%s\n' "${stat[19]}"
}

# daemon_start DIR NAME COMMAND...: runs COMMAND in a session of its own, so that Ctrl-C in the terminal is for the
# tests alone. It records itself before it becomes COMMAND: there is no moment in which it runs and is not on record.
daemon_start() {
    local dir=$1 name=$2
    shift 2
    daemon_alive "$dir" "$name" && die "$name is already running in $dir"
    # shellcheck disable=SC2016 # expands in the process that becomes the daemon
    setsid bash -c '
        read -r stat <"/proc/$$/stat"
        read -ra stat <<<"${stat##*) }"
        printf "%s %s\n" "$$" "${stat[19]}" >"$0.pid"
        exec "$@"' "$dir/$name" "$@" </dev/null >>"$dir/$name.log" 2>&1 9>&- &
    local child=$!
    until [[ -s $dir/$name.pid ]]; do
        birth $child >/dev/null || die "$name did not start (see $dir/$name.log)"
        sleep 0.01
    done
}

# daemon_pid DIR NAME: prints the pid if the recorded process, and not a later one of the same number, is alive.
daemon_pid() {
    local pid born
    [[ -s $1/$2.pid ]] && read -r pid born <"$1/$2.pid" && [[ $(birth "$pid") == "$born" ]] && printf '%s\n' "$pid"
}

daemon_alive() { daemon_pid "$1" "$2" >/dev/null; }

# daemon_signal DIR NAME SIGNAL: only ever by the record.
daemon_signal() {
    local pid
    pid=$(daemon_pid "$1" "$2") && kill -s "$3" "$pid" 2>/dev/null
}

# daemon_gone DIR NAME SECONDS: waits for its end.
daemon_gone() {
    local deadline=$((SECONDS + $3))
    while daemon_alive "$1" "$2"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
    rm -f "$1/$2.pid"
}

# daemon_stop DIR NAME...: TERM to all, KILL to what is still there after a while. Stopping what does not run is fine.
daemon_stop() {
    local dir=$1 name grace=${stop_grace:-10}
    shift
    for name; do daemon_signal "$dir" "$name" TERM || true; done
    for name; do
        daemon_gone "$dir" "$name" "$grace" && continue
        daemon_signal "$dir" "$name" KILL || true
        daemon_gone "$dir" "$name" 10 || die "$name in $dir does not end, not even by SIGKILL"
        grace=1 # the others had their time meanwhile
    done
}

# daemons DIR: the names of those on record there.
daemons() {
    local file
    for file in "$1"/*.pid; do
        [[ -e $file ]] || continue
        file=${file##*/}
        printf '%s\n' "${file%.pid}"
    done
}

# wait_ready DIR NAME SECONDS PROBE...: until the command PROBE succeeds. Gives up when the daemon ended, or late.
wait_ready() {
    local dir=$1 name=$2 deadline=$((SECONDS + $3)) seconds=$3
    shift 3
    until "$@"; do
        if ! daemon_alive "$dir" "$name"; then
            die "$name ended while starting: $(reason "$dir/$name.log") (see $dir/$name.log)"
        fi
        ((SECONDS < deadline)) || die "$name is not ready after $seconds s (see $dir/$name.log)"
        sleep 0.05
    done
}

# prepare DIR: for `start`; prints its absolute path.
prepare() {
    local dir
    dir=$(absolute "$1")
    [[ -z $(daemons "$dir") ]] || die "something is already running in $dir, or was killed there: stop it first"
    mkdir -p "$dir"
    printf '%s\n' "$dir"
}

# write_env DIR NAME=VALUE...: what `env DIR` prints, quoted for the shell. Private, for it may hold credentials.
write_env() {
    local dir=$1 pair
    shift
    (
        umask 077
        for pair; do printf '%s=%q\n' "${pair%%=*}" "${pair#*=}"; done >"$dir/env"
    )
}

print_env() {
    [[ -r $1/env ]] || die "no service was started in $1"
    cat "$1/env"
}

# stop_all DIR: everything recorded in DIR, and its ports.
stop_all() {
    local dir names
    dir=$(absolute "$1")
    mapfile -t names < <(daemons "$dir")
    daemon_stop "$dir" ${names[@]+"${names[@]}"}
    release_ports "$dir"
}

# random_hex BYTES
random_hex() { od -An -vtx1 -N "$1" /dev/urandom | tr -d ' \n'; }
