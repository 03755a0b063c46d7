# The same as setup.sh for Windows: .venv with all that the program and its tests need.
# Written without a Windows machine at hand: please report what does not work.
#
#   powershell -ExecutionPolicy Bypass -File scripts\setup.ps1

$ErrorActionPreference = 'Stop'
Set-Location (Split-Path $PSScriptRoot)

function Stop-Setup($text) { Write-Host "setup: $text"; exit 1 }
function Invoke-Checked($program, $arguments) {
    & $program @arguments
    if ($LASTEXITCODE -ne 0) { Stop-Setup "failed: $program $arguments" }
}

$python = if ($env:PYTHON) { @($env:PYTHON) } else { @('py', '-3') }
$launcher, $options = $python
& $launcher @options -c 'import sys; sys.exit(sys.version_info < (3, 11))'
if ($LASTEXITCODE -ne 0) { Stop-Setup 'install Python 3.11 or newer (winget install Python.Python.3.13), then run it again' }

$ours = '.venv\Scripts\python.exe'
$stamp = '.venv\.stamp-program'
$inputs = @('requirements-dev.lock', 'pyproject.toml', 'hatch_build.py', 'scripts\setup.ps1')
$inputs += Get-ChildItem -Recurse coalizione_mailer -Filter *.po | ForEach-Object FullName
$print = "$PWD " + (($inputs | ForEach-Object { (Get-FileHash $_).Hash }) -join ' ')
if ((Test-Path $ours) -and (Test-Path $stamp) -and ((Get-Content $stamp) -eq $print)) { exit 0 }

Write-Host 'setup: making .venv and installing the libraries of requirements-dev.lock (a few minutes)'
if (Test-Path .venv) { Remove-Item -Recurse -Force .venv }
Invoke-Checked $launcher ($options + @('-m', 'venv', '.venv'))
$install = @('-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input')
Invoke-Checked $ours ($install + @('--require-hashes', '-r', 'requirements-dev.lock'))
Invoke-Checked $ours ($install + @('--no-deps', '--no-build-isolation', '--no-index', '-e', '.'))

# WeasyPrint looks for Pango in MSYS2's own folders, or in WEASYPRINT_DLL_DIRECTORIES.
& $ours -W ignore -c 'import weasyprint' 2>$null | Out-Null
if ($LASTEXITCODE -ne 0) {
    Stop-Setup 'install MSYS2 and, in its window, pacman -S mingw-w64-ucrt-x86_64-pango; then run it again'
}
Set-Content $stamp $print
Write-Host 'setup: done: .venv\Scripts\mailer --help'
