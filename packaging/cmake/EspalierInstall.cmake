# SPDX-License-Identifier: Apache-2.0
# cmake --install: programs, desktop entry, icon, MIME type, man pages and licences.
include(GNUInstallDirs)
foreach(program espalier espalier-worker espalier-cli)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
    install(FILES "${PROJECT_SOURCE_DIR}/packaging/linux/${program}.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
  endif()
endforeach()
if(TARGET espalier)
  install(FILES "${PROJECT_SOURCE_DIR}/packaging/linux/org.espalier.Espalier.desktop"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/applications")
  install(FILES "${PROJECT_SOURCE_DIR}/packaging/linux/org.espalier.Espalier.xml"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/mime/packages")
  install(FILES "${PROJECT_SOURCE_DIR}/resources/mark/espalier.svg"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps")
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/LICENSES/" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/espalier/licenses")
# packaging/bootstrap.sh uninstall --prefix reads this list.
install(CODE "
  file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/share/espalier\")
  string(REPLACE \";\" \"\\n\" listed \"\${CMAKE_INSTALL_MANIFEST_FILES}\")
  file(WRITE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/share/espalier/install_manifest.txt\" \"\${listed}\\n\")")
