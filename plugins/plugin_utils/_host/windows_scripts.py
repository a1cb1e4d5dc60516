# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PowerShell for what no module of ansible.windows does. Not yet run on a real Windows host; docs/windows.md says so."""

from __future__ import annotations

# Wait until a process is gone. A service that says it is stopped may still hold its files open.
END_OF_PROCESS = r"""
param([int]$Id, [int]$Timeout)
Wait-Process -Id $Id -Timeout $Timeout -ErrorAction SilentlyContinue
$Ansible.Result = @{ gone = -not (Get-Process -Id $Id -ErrorAction SilentlyContinue) }
"""

# The process with a number, or without one the oldest Java whose program lies below a folder, and when it started.
PROCESS = r"""
param([int]$Id, [string]$Directory)
$process = if ($Id) { Get-Process -Id $Id -ErrorAction SilentlyContinue } else {
    Get-Process -Name 'java', 'javaw' -ErrorAction SilentlyContinue |
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
