# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PowerShell for what no module of ansible.windows does. Not yet run on a real Windows host; docs/windows.md says so."""

from __future__ import annotations

# Every value comes as a parameter, never as part of the text, and every path is taken as it is written, without wildcards.

_SHA256 = r"""
function Get-Sha256($file) {
    $stream = [IO.File]::Open($file, 'Open', 'Read', 'ReadWrite, Delete')
    try {
        $bytes = (New-Object Security.Cryptography.SHA256CryptoServiceProvider).ComputeHash($stream)
        [BitConverter]::ToString($bytes).Replace('-', '').ToLowerInvariant()
    } finally { $stream.Dispose() }
}
"""

_FULL = r"""
function Test-Full($record) {
    # ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
    @(39, 112) -contains ($record.Exception.GetBaseException().HResult -band 0xFFFF)
}
"""

# Put a file in the place of another in one step, if that is (or is not) there as it was read. The other keeps its permissions
# and attributes; a link to it stays. Without a second name for the old file Windows may lose it when it fails in the middle.
REPLACE = (
    r"""
param([string]$Source, [string]$Path, [bool]$Checked, [string]$Sha256, [bool]$Backup)
"""
    + _SHA256
    + _FULL
    + r"""
for ($links = 0; $links -lt 16; $links++) {
    $link = Get-Item -LiteralPath $Path -Force -ErrorAction SilentlyContinue
    if ($link.LinkType -ne 'SymbolicLink') { break }
    $Path = [IO.Path]::GetFullPath([IO.Path]::Combine([IO.Path]::GetDirectoryName($Path), @($link.Target)[0]))
}
if ([IO.Directory]::Exists($Path)) {
    $Ansible.Result = @{ state = 'folder' }
    return
}
$new = [IO.Path]::Combine([IO.Path]::GetDirectoryName($Path), 'k12_sif-' + [IO.Path]::GetRandomFileName())
$old = if ($Backup) { $Path + '.' + $PID + [datetime]::Now.ToString('.yyyyMMdd-HHmmss') + '.bak' } else { $new + '.old' }
try {
    try { [IO.File]::Copy($Source, $new) } catch {
        if ($Checked -or -not (Test-Full $_)) { throw }
        # A full disk has no room for another copy; a second name for the one there is takes none.
        [IO.File]::Delete($new)
        $null = New-Item -ItemType HardLink -Path $new -Value $Source
    }
    $there = [IO.File]::Exists($Path)
    $now = if ($Checked -and $there) { Get-Sha256 $Path } else { '' }
    if ($Checked -and $now -ne $Sha256) {
        $Ansible.Result = @{ state = 'changed'; sha256 = $now }
    } elseif (-not $there) {
        [IO.File]::Move($new, $Path)
        $Ansible.Result = @{ state = 'done' }
    } elseif ([IO.File]::GetAttributes($Path) -band [IO.FileAttributes]::ReadOnly) {
        $Ansible.Result = @{ state = 'readonly' }
    } else {
        try { [IO.File]::Replace($new, $Path, $old) } catch {
            $failure = $_
            if (-not [IO.File]::Exists($Path) -and [IO.File]::Exists($old)) {
                $Ansible.Result = @{ old = $old }
                [IO.File]::Move($old, $Path)
                $Ansible.Result = @{ }
            }
            throw $failure
        }
        # What a virus scanner has open stays; it has the permissions of the file.
        if (-not $Backup) { try { [IO.File]::Delete($old) } catch { $null = $_ } }
        $Ansible.Result = @{ state = 'done'; backup_file = $(if ($Backup) { $old }) }
    }
} finally {
    if ([IO.File]::Exists($new)) { [IO.File]::Delete($new) }
}
"""
)

# Copy a file into a restore point, and tell the checksum of the copy.
KEEP = (
    r"""
param([string]$Path, [string]$Copy)
"""
    + _SHA256
    + r"""
$attributes = try { [IO.File]::GetAttributes($Path) } catch [IO.FileNotFoundException], [IO.DirectoryNotFoundException] { $null }
if ($null -eq $attributes) {
    $Ansible.Result = @{ state = 'missing' }
} elseif ($attributes -band [IO.FileAttributes]::Directory) {
    $Ansible.Result = @{ state = 'folder' }
} else {
    [IO.File]::Copy($Path, $Copy, $true)
    [IO.File]::SetAttributes($Copy, 'Normal')
    $Ansible.Result = @{ state = 'kept'; sha256 = Get-Sha256 $Copy }
}
"""
)

# A folder for SYSTEM, the administrators and this account only, whatever the names of these are in the language of the host.
MAKE_PRIVATE_FOLDER = r"""
param([string]$Path)
if ([IO.Directory]::Exists($Path)) { throw "$Path is there already" }
$access = New-Object Security.AccessControl.DirectorySecurity
$access.SetAccessRuleProtection($true, $false)
foreach ($number in 'S-1-5-18', 'S-1-5-32-544', [Security.Principal.WindowsIdentity]::GetCurrent().User.Value) {
    $who = New-Object Security.Principal.SecurityIdentifier $number
    $access.AddAccessRule((New-Object Security.AccessControl.FileSystemAccessRule @(
        $who, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow')))
}
$folder = [IO.Directory]::CreateDirectory($Path)
try {
    if ($folder.PSObject.Methods['SetAccessControl']) { $folder.SetAccessControl($access) }
    else { [IO.FileSystemAclExtensions]::SetAccessControl($folder, $access) }
} catch {
    [IO.Directory]::Delete($Path)
    throw
}
"""

# Write a small file of our own, of ASCII and filled up with blanks, in one step; over itself when the disk is full.
WRITE_MANIFEST = (
    r"""
param([string]$Path, [string]$Content, [int]$Size)
"""
    + _FULL
    + r"""
$Content = $Content.PadRight($Size)
$new = $Path + '.new'
$old = $Path + '.old'
try {
    [IO.File]::WriteAllText($new, $Content)
    if ([IO.File]::Exists($Path)) {
        [IO.File]::Replace($new, $Path, $old)
        try { [IO.File]::Delete($old) } catch { $null = $_ }
    } else {
        [IO.File]::Move($new, $Path)
    }
} catch {
    if (-not (Test-Full $_) -or -not [IO.File]::Exists($Path)) { throw }
    $stream = [IO.File]::Open($Path, 'Open', 'Write', 'Read')
    try {
        $bytes = [Text.Encoding]::ASCII.GetBytes($Content)
        $stream.SetLength($bytes.Length)  # fails before anything is written over
        $stream.Write($bytes, 0, $bytes.Length)
    } finally { $stream.Dispose() }
} finally {
    if ([IO.File]::Exists($new)) { [IO.File]::Delete($new) }
}
"""
)

# The files of one name in the folders of a folder, without the blanks; where a write was cut off, the one from before it.
READ_MANIFESTS = r"""
param([string]$Directory, [string]$Name)
$read = @{ }
$sizes = @{ }
$unread = @{ }
$folders = try { [IO.Directory]::GetDirectories($Directory) } catch [IO.DirectoryNotFoundException] { $null }
foreach ($folder in $folders) {
    $key = [IO.Path]::GetFileName($folder)
    $file = [IO.Path]::Combine($folder, $Name)
    if (-not [IO.File]::Exists($file)) { $file += '.old' }
    if (-not [IO.File]::Exists($file)) { continue }
    try {
        $text = [IO.File]::ReadAllText($file)
        $sizes[$key] = $text.Length
        $read[$key] = $text.TrimEnd()
    } catch { $unread[$key] = $_.Exception.GetBaseException().Message }
}
$Ansible.Result = @{ read = $read; sizes = $sizes; unread = $unread }
"""

# Run a program for some seconds at most. The shell starts it, so that it inherits nothing: a program that it leaves behind would
# otherwise keep the pipes of this connection open, and Ansible would wait for it without end.
RUN = r"""
param([string]$Program, [string]$Arguments, [int]$Timeout)
$start = New-Object Diagnostics.ProcessStartInfo
$start.FileName = $Program
$start.Arguments = $Arguments
$start.UseShellExecute = $true
$start.WindowStyle = 'Hidden'
$process = [Diagnostics.Process]::Start($start)
if ($process.WaitForExit($Timeout * 1000)) {
    $Ansible.Result = @{ status = $process.ExitCode }
} else {
    try { $process.Kill() } catch { $null = $_ }  # it has just ended
    $Ansible.Result = @{ status = $null }
}
"""

# Wait until a process is gone. A service that says it is stopped may still hold its files open.
END_OF_PROCESS = r"""
param([int]$Id, [int]$Timeout)
$end = [datetime]::UtcNow.AddSeconds($Timeout)
while (($there = Get-Process -Id $Id -ErrorAction SilentlyContinue) -and [datetime]::UtcNow -lt $end) { Start-Sleep -Milliseconds 200 }
$Ansible.Result = @{ gone = -not $there }
"""

# The process with a number, or without one the oldest Java whose program lies below a folder, and when it started.
PROCESS = r"""
param([int]$Id, [string]$Directory)
$process = if ($Id) { Get-Process -Id $Id -ErrorAction SilentlyContinue } else {
    Get-Process -Name @('java', 'javaw') -ErrorAction SilentlyContinue |
        Where-Object { "$($_.Path)".StartsWith("$Directory\", 'OrdinalIgnoreCase') } |
        Sort-Object StartTime | Select-Object -First 1
}
$Ansible.Result = if ($process) {
    @{ pid = $process.Id; started_at = ($process.StartTime.ToUniversalTime() - [datetime]'1970-01-01').TotalSeconds }
} else { @{ pid = 0; started_at = 0 } }
"""

# Of the end of a log only what a regular expression finds, because a log can hold data of students.
LOG_WORDS = r"""
param([string]$Path, [long]$Offset, [long]$Most, [string]$Pattern)
$stream = [IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite, Delete')
try {
    if ($Offset -gt $stream.Length) { $Offset = 0 }
    $begin = [Math]::Max($Offset, $stream.Length - $Most)
    $null = $stream.Seek($begin, 'Begin')
    $text = (New-Object IO.StreamReader $stream).ReadToEnd()
} finally { $stream.Dispose() }
$Ansible.Result = @{
    words = ([regex]::Matches($text, $Pattern) | ForEach-Object { $_.Value }) -join ' '
    cut = $begin -gt $Offset
    utc_offset = [TimeZoneInfo]::Local.GetUtcOffset([datetime]::Now).TotalSeconds
}
"""

# Environment variables as a service sees them: those of the machine, and none of the account that Ansible uses.
VARIABLES = r"""
param([string[]]$Names)
$values = @{}
foreach ($name in $Names) {
    $value = [Environment]::GetEnvironmentVariable($name, 'Machine')
    if (-not $value -and $name -match '^((Common)?Program|System|windir$|AllUsersProfile$)') {
        $value = [Environment]::GetEnvironmentVariable($name)
    }
    if ($value) { $values[$name] = $value }
}
$Ansible.Result = $values
"""
