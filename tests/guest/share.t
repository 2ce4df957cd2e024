#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci run: what of this machine a guest gets. Standard input, folders, and copies.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest

limit=200 # seconds, for one guest

# run ARGUMENT...: as tool(), with the standard input of the caller.
run() {
	limited "$zpci" run --timeout $limit "$@" >"$tap_folder/out" 2>"$tap_folder/err"
	status=$?
	out=$(cat "$tap_folder/out")
	# shellcheck disable=SC2034 # for the tests
	err=$(cat "$tap_folder/err")
}

head -c 67108864 /dev/urandom >"$tap_folder/bytes"
run --exec 'md5sum; read -r line || echo end' <"$tap_folder/bytes"
is "$status" 0 "64 MiB of input: status"
is "$out" "$(md5sum <"$tap_folder/bytes")"$'\nend' "64 MiB of input arrive whole, and their end"

# A folder with all that is special to QEMU, to the option and to a shell.
odd="$tap_folder/a,b:c  \"\$d' "
mkdir -p "$tap_folder/tree/sub dir/below" "$odd"
echo given >"$odd/given"
pushd "$tap_folder/tree/sub dir" >/dev/null || exit 1
cat >test.sh <<'end'
pwd
cat "$1/given"
echo made >"$1/made" && mv "$1/made" "$1/moved" && chmod 755 "$1/moved"
{ echo x >written; } 2>/dev/null || echo read-only
ls "/mnt/all/tree/sub dir"
stat -c %a /root/copied/run
readlink /root/copied/link
sh /root/copied/link
cat "/usr/bin/a b" /bin/given
echo not read
exit 4
end
# Input that never comes.
mkfifo "$tap_folder/never"
exec {never}<>"$tap_folder/never"
mkdir -p "$tap_folder/copied"
echo 'echo copied' >"$tap_folder/copied/run"
chmod 754 "$tap_folder/copied/run"
ln -s run "$tap_folder/copied/link"
run --share "$tap_folder/tree" --share "$odd,rw" --share ../..:/mnt/all,ro \
	--copy "$tap_folder/copied" --copy "$odd/given:/usr/bin/a b" --copy "$odd/given:/bin/" \
	--exec "sh test.sh $(printf %q "$odd")" <"$tap_folder/never"
exec {never}>&-
is "$status $err" "4 " "--share: status of a script in the current folder"
is "$out" "$(realpath .)"$'\n'"given"$'\nread-only\nbelow\ntest.sh\n754\nrun\ncopied\ngiven\ngiven\nnot read' \
	"--share: it starts there, reads, and cannot write; --copy: files, modes and links are there"
is "$(cat "$odd/moved" && stat -c %a "$odd/moved")" $'made\n755' "--share: rw, in an odd folder"
popd >/dev/null || exit 1

# The guest fetches from a server here. It waits at its first instruction for gdb, whose packet `c'
# starts it; if no gdb comes, the guest is ended. Its input has no end.
perl -MIO::Socket::INET -e '
	$| = 1;
	my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die "$!";
	print $server->sockport, "\n";
	alarm $ARGV[0];
	my $client = $server->accept;
	while (<$client>) { last if /^\r?\n/ }
	print $client "HTTP/1.0 200 OK\r\n\r\nfetched\n"' $limit >"$tap_folder/port" &
server=$!
until [ -s "$tap_folder/port" ]; do kill -0 $server || exit 1; done
mkfifo "$tap_folder/said"
"$zpci" run --timeout $limit --network --gdb --exec \
	"wget -q -O - http://10.0.2.2:$(cat "$tap_folder/port")/; cat /etc/resolv.conf
	read -r line; echo \"<\$line>\"; head -n 2 /dev/stdin; exit 3" \
	< <(exec yes ' a\b ') >"$tap_folder/out" 2>"$tap_folder/said" &
guest=$!
{
	read -r line
	port=$(sed -n "s/.*waits for gdb: gdb-multiarch -ex 'target remote 127.0.0.1:\([0-9]*\)' .*/\1/p" <<<"$line")
	like "$port" '^[0-9]+$' "--gdb: the line to attach"
	perl -MIO::Socket::INET -e '
		$SIG{ALRM} = sub { die "gdb got no answer\n" };
		alarm 60;
		my $gdb = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die "gdb cannot attach: $!\n";
		my $got = "";
		print $gdb "+\$g#67";
		$gdb->flush;
		1 while $got !~ /\$(\w*)#../ && sysread $gdb, $got, 999, length $got;
		print substr($1 // "", 16, 16), "\n";
		print $gdb "+\$c#63";
		$gdb->flush;
		alarm 0;
		close STDOUT;
		1 while sysread $gdb, my $rest, 99' "$port" >"$tap_folder/psw" || kill $guest &
	cat >"$tap_folder/rest"
} <"$tap_folder/said"
wait $guest
is "$?" 3 "--gdb: the guest goes on, and ends" || sed 's/^/# /' "$tap_folder/rest"
is "$(cat "$tap_folder/psw")" 0000000000010000 "--gdb: the guest waits at the kernel's first instruction"
is "$(head -n 2 "$tap_folder/out")" $'fetched\nnameserver 10.0.2.3' "--network: the guest fetches a file"
is "$(tail -n +3 "$tap_folder/out")" $'<a\\b>\n a\\b \n a\\b ' \
	"endless input, of which little is read: the command reads its beginning, and ends"
kill $server 2>/dev/null

# A shell runs what is printed.
run --dry-run --append "word=it's&\$HOME;*" --exec 'echo dry; cat /proc/cmdline' </dev/null
is "$status" 0 "--dry-run: status"
limited bash -c "$out" 2>"$tap_folder/err" | tr -d '\0' >"$tap_folder/dry"
is "${PIPESTATUS[0]}" 0 "--dry-run: what is printed comes to its end" || sed 's/^/# /' "$tap_folder/err"
like "$(cat "$tap_folder/dry")" 'start.*dry' "--dry-run: a shell runs what is printed"
like "$(cat "$tap_folder/dry")" "word=it's&\\\$HOME;\\*" "--dry-run: words that mean something to a shell"
disk=$(sed -n 's/.* -initrd \([^ ]*\) .*/\1/p' <<<"$out")
like "$disk" "^${TMPDIR:-/tmp}/zpci-initrd-" "--dry-run: the RAM disk is a file"
rm -f "$disk"

run --share "$tap_folder/tree" --append module_blacklist=9p --exec 'echo not here'
is "$status $out" "125 " "--share: the kernel has no 9p: status"
like "$err" '^zpci: in the guest: .*lacks CONFIG_9P_FS \(' "--share: the kernel has no 9p: message"
done_testing
