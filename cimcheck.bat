@echo off
rem Drop files or folders on this file: each is checked, and its report opens in the browser.
rem The report stands beside what was checked: model.ifc gives model.ifc.cimcheck.html.
rem
rem ASCII only, and no chcp: cmd hands the names over as they are, Chinese and blanks included. Names with an
rem ampersand and no blank are split by Explorer before they get here; rename such a file or use the command line.
setlocal DisableDelayedExpansion

rem Always with .exe: a bare `cimcheck` would find this file again.
set "program=cimcheck.exe"
if exist "%~dp0.venv\Scripts\cimcheck.exe" set "program=%~dp0.venv\Scripts\cimcheck.exe"
if not "%program%"=="cimcheck.exe" goto found
where /q cimcheck.exe
if not errorlevel 1 goto found
echo cimcheck is not installed. Install Python 3.11 or newer, then run:
echo     py -m pip install "%~dp0."
pause
exit /b 3

:found
if not "%~1"=="" goto start
echo Drop IFC, IDS or city data files on this icon to check them.
pause
exit /b 2

:start
set "worst=0"

:next
if "%~1"=="" goto done
"%program%" "%~1" --report "html=%~1.cimcheck.html" --open
set "status=%errorlevel%"
if %status% gtr %worst% set "worst=%status%"
shift
goto next

:done
pause
exit /b %worst%
